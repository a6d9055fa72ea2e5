using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>Σx over all elements, added in double in blocks of a fixed order.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    /// <returns>A scalar.</returns>
    public static Variable<T> Sum<T>(this Variable<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        SumNode<T> node = input.Tape.Record<SumNode<T>>(Shape.Scalar, input);
        node.Forward(1);
        return node.Output;
    }

    /// <summary>The mean of all elements.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x; not empty.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The input is empty.</exception>
    public static Variable<T> Mean<T>(this Variable<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (input.Shape.Length == 0)
            throw new ArgumentException($"There is no mean of the shape {input.Shape}.", nameof(input));
        SumNode<T> node = input.Tape.Record<SumNode<T>>(Shape.Scalar, input);
        node.Forward(input.Shape.Length);
        return node.Output;
    }

    /// <summary>Σx divided by a number n ≥ 1. It is infinite only where that quotient is.</summary>
    private static double TotalOf<T>(ReadOnlySpan<T> values, double divisor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = BlockReduction.Sum(values);
        if (double.IsFinite(sum)) return sum / divisor;
        // A power of two scales the terms exactly; their sum then cannot overflow.
        double share = Math.ScaleB(1, -(int)Math.Ceiling(Math.Log2(values.Length)));
        return BlockReduction.Sum<T, Share>(values, new(share)) / divisor / share;
    }

    private readonly struct Share(double share) : BlockReduction.IMap
    {
        private readonly double share = share;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Of<TLane>(TLane value)
            where TLane : struct, ILane<TLane, double> => value * TLane.Broadcast(share);
    }

    /// <summary>The sum divided by a number n: ∂L/∂x = ∂L/∂y / n for every element.</summary>
    private sealed unsafe class SumNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private double divisor;

        internal void Forward(double number)
        {
            divisor = number;
            *Value = T.CreateTruncating(TotalOf<T>(First.Values, divisor));
        }

        internal override void PropagateGradient() => LaneLoop.Elements<T, Backward>(
            First.Shape.Length, new(T.CreateTruncating(double.CreateTruncating(*Gradient) / divisor), First.Sink()));

        private readonly struct Backward(T gradient, GradientSink<T> sink) : IElementBody<T>
        {
            private readonly T gradient = gradient;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> => sink.Add(index, TLane.Broadcast(gradient));
        }
    }
}
