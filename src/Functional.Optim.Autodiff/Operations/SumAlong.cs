using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// Σx along one dimension; ∂L/∂x is ∂L/∂y for every element of a sum. Large numbers that cancel cost no precision.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    /// <param name="axis">The dimension; negative ones count from the end, −1 is the innermost.</param>
    /// <returns>The shape without that dimension. The sum of no elements is 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The input does not have this dimension.</exception>
    public static Variable<T> Sum<T>(this Variable<T> input, int axis)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        SumAlongNode<T>.Apply(input, AxisView.Of(input.Shape, axis), divisor: 1);

    /// <summary>
    /// The mean along one dimension of size n; ∂L/∂x is ∂L/∂y / n for every element of a mean. The mean of finite
    /// numbers is finite, and large numbers that cancel cost no precision.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    /// <param name="axis">The dimension; negative ones count from the end, −1 is the innermost.</param>
    /// <returns>The shape without that dimension.</returns>
    /// <exception cref="ArgumentException">
    /// The input does not have this dimension (an <see cref="ArgumentOutOfRangeException"/>), or it has the size 0.
    /// </exception>
    public static Variable<T> Mean<T>(this Variable<T> input, int axis)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        AxisView view = AxisView.Of(input.Shape, axis);
        if (view.Length == 0)
            throw new ArgumentException(
                $"There is no mean of the shape {input.Shape} along dimension {view.Axis}.", nameof(input));
        return SumAlongNode<T>.Apply(input, view, view.Length);
    }

    /// <summary>The sums along a dimension, divided by a number n: ∂L/∂x = ∂L/∂y / n.</summary>
    private sealed unsafe class SumAlongNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        /// <summary>The input as the variable has it, which may be the first node's value in another shape.</summary>
        private AxisView view;
        private int divisor;

        internal static Variable<T> Apply(Variable<T> input, AxisView view, int divisor)
        {
            SumAlongNode<T> node = input.Tape.Record<SumAlongNode<T>>(input.Shape.Without(view.Axis), input);
            (node.view, node.divisor) = (view, divisor);
            node.Forward();
            return node.Output;
        }

        internal override void PropagateGradient()
        {
            if (First.Shape.Length == 0) return;
            LaneLoop.Ranges<T, Spread>(view.Outer, RowsPerRange, new(Gradient, First.Sink(), view, divisor));
        }

        private int RowsPerRange =>
            Math.Max(1, (int)Math.Min(int.MaxValue, LaneLoop.ElementsPerRange / ((long)view.Length * view.Inner)));

        private void Forward()
        {
            if (Shape.Length == 0) return;
            if (view.Length == 0) Values.Clear();
            else LaneLoop.Ranges<T, Reduce>(view.Outer, RowsPerRange, new(First.Value, Value, view, divisor));
        }

        private readonly struct Reduce(T* input, T* value, AxisView view, int divisor) : ILaneBody<T>
        {
            private readonly T* input = input;
            private readonly T* value = value;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (long row = start; row < end; row++)
                {
                    T* from = input + (row * view.Length * view.Inner), to = value + (row * view.Inner);
                    if (view.Inner == 1) *to = T.CreateTruncating(TotalOf<T>(new(from, view.Length), divisor));
                    else LaneLoop.Run<T, TLane, ReduceColumn>(0, view.Inner, new(from, to, view, divisor));
                }
            }
        }

        private readonly struct ReduceColumn(T* input, T* value, AxisView view, int divisor) : IElementBody<T>
        {
            private readonly T* input = input;
            private readonly T* value = value;

            /// <summary>A power of two that scales the terms exactly, so that their sum cannot overflow.</summary>
            private readonly T share = T.ScaleB(T.One, -int.Log2(view.Length) - 2);

            /// <summary>The plain sum; the one of scaled terms where it is not finite.</summary>
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T>
            {
                TLane plain = TotalOf<TLane>(index, TLane.Broadcast(T.One));
                TLane scaled = TotalOf<TLane>(index, TLane.Broadcast(share)) / TLane.Broadcast(share);
                TLane infinity = TLane.Broadcast(T.PositiveInfinity);
                TLane.Store(TLane.SelectGreater(infinity, TLane.Abs(plain), plain, scaled), value + index);
            }

            /// <summary>
            /// Σ c·x / n as if it were rounded once: the sum is that of two numbers, of which the second gathers the
            /// rounding errors of the first, and so is the quotient.
            /// </summary>
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            private TLane TotalOf<TLane>(long index, TLane c)
                where TLane : struct, ILane<TLane, T>
            {
                TLane sum = TLane.Broadcast(T.Zero), rest = sum;
                for (long position = 0; position < view.Length; position++)
                {
                    TLane x = TLane.Load(input + (position * view.Inner) + index) * c;
                    TLane next = sum + x, part = next - sum;
                    rest += (sum - (next - part)) + (x - part);
                    sum = next;
                }

                TLane n = TLane.Broadcast(T.CreateTruncating(divisor)), quotient = sum / n;
                TLane remainder = TLane.FusedMultiplyAdd(TLane.Broadcast(-T.One) * quotient, n, sum) + rest;
                TLane total = quotient + (remainder / n), infinity = TLane.Broadcast(T.PositiveInfinity);
                // The rounding error of an infinite sum is NaN.
                return TLane.SelectGreater(infinity, TLane.Abs(sum), total, sum);
            }
        }

        private readonly struct Spread(
            T* gradient, GradientSink<T> sink, AxisView view, int divisor) : ILaneBody<T>
        {
            private readonly T* gradient = gradient;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (long row = start; row < end; row++)
                {
                    T* from = gradient + (row * view.Inner);
                    GradientSink<T> to = sink.From(row * view.Length * view.Inner);
                    if (view.Inner == 1)
                        LaneLoop.Run<T, TLane, SpreadRow>(0, view.Length, new(*from / T.CreateTruncating(divisor), to));
                    else
                        LaneLoop.Run<T, TLane, SpreadColumn>(0, view.Inner, new(from, to, view, divisor));
                }
            }
        }

        private readonly struct SpreadRow(T part, GradientSink<T> sink) : IElementBody<T>
        {
            private readonly T part = part;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> => sink.Add(index, TLane.Broadcast(part));
        }

        private readonly struct SpreadColumn(
            T* gradient, GradientSink<T> sink, AxisView view, int divisor) : IElementBody<T>
        {
            private readonly T* gradient = gradient;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T>
            {
                TLane part = TLane.Load(gradient + index) / TLane.Broadcast(T.CreateTruncating(divisor));
                for (long position = 0; position < view.Length; position++)
                    sink.Add((position * view.Inner) + index, part);
            }
        }
    }
}
