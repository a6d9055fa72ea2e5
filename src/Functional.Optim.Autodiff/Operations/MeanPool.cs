using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>The mean over the positions of a sequence.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">[batch, positions, d], with at least one position.</param>
    /// <returns>[batch, d].</returns>
    /// <exception cref="ArgumentException">The rank is not 3, or there is no position.</exception>
    public static Variable<T> MeanPool<T>(this Variable<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (input.Shape.Rank != 3 || input.Shape[1] == 0)
            throw new ArgumentException(
                $"Mean pooling takes [batch, positions, d]; {input.Shape} was given.", nameof(input));
        MeanPoolNode<T> node = input.Tape.Record<MeanPoolNode<T>>(new Shape(input.Shape[0], input.Shape[2]), input);
        node.Forward(input.Shape[1]);
        return node.Output;
    }

    /// <summary>∂L/∂x[b, p] = ∂L/∂y[b] / positions.</summary>
    private sealed unsafe class MeanPoolNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        /// <summary>The positions of the variable, which may be the first node's value in another shape.</summary>
        private int positions;

        internal void Forward(int count)
        {
            positions = count;
            if (Shape.Length == 0) return;
            LaneLoop.Ranges<T, Average>(Shape.Rows, 1, new(First.Value, Value, positions, Shape.Columns));
        }

        internal override void PropagateGradient()
        {
            if (Shape.Length == 0) return;
            LaneLoop.Ranges<T, Spread>(Shape.Rows, 1, new(Gradient, First.Sink(), positions, Shape.Columns));
        }

        private readonly struct Average(T* input, T* value, int positions, int width) : ILaneBody<T>
        {
            private readonly T* input = input;
            private readonly T* value = value;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (long row = start; row < end; row++)
                {
                    T* from = input + (row * positions * width), to = value + (row * width);
                    LaneLoop.Run<T, TLane, AverageColumn>(0, width, new(from, to, positions, width));
                }
            }
        }

        private readonly struct Spread(T* gradient, GradientSink<T> sink, int positions, int width) : ILaneBody<T>
        {
            private readonly T* gradient = gradient;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (long row = start; row < end; row++)
                {
                    GradientSink<T> to = sink.From(row * positions * width);
                    LaneLoop.Run<T, TLane, SpreadColumn>(0, width, new(gradient + (row * width), to, positions, width));
                }
            }
        }

        private readonly struct AverageColumn(T* input, T* value, int positions, int width) : IElementBody<T>
        {
            private readonly T* input = input;
            private readonly T* value = value;

            /// <summary>A power of two that scales the terms exactly, so that their sum cannot overflow.</summary>
            private readonly T share = T.ScaleB(T.One, -int.Log2(positions) - 2);

            /// <summary>
            /// The first position plus the mean difference from it, so that the
            /// common part of all positions is not rounded.
            /// </summary>
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T>
            {
                TLane part = TLane.Broadcast(share);
                TLane minusFirst = TLane.Load(input + index) * TLane.Broadcast(-share);
                TLane sum = TLane.Broadcast(T.Zero);
                for (long position = 1; position < positions; position++)
                    sum += TLane.FusedMultiplyAdd(TLane.Load(input + (position * width) + index), part, minusFirst);
                TLane mean = sum / TLane.Broadcast(T.CreateTruncating(positions));
                TLane.Store((mean - minusFirst) / part, value + index);
            }
        }

        private readonly struct SpreadColumn(
            T* gradient, GradientSink<T> sink, int positions, int width) : IElementBody<T>
        {
            private readonly T* gradient = gradient;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T>
            {
                TLane part = TLane.Load(gradient + index) / TLane.Broadcast(T.CreateTruncating(positions));
                for (long position = 0; position < positions; position++) sink.Add((position * width) + index, part);
            }
        }
    }
}
