using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// The largest of all elements. ∂L/∂y goes to the first of the largest; the others have a derivative of 0. NaN
    /// counts as the largest.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x; not empty.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The input is empty.</exception>
    public static Variable<T> Max<T>(this Variable<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        MaxNode<T>.Apply(input, new(0, 1, input.Shape.Length, 1), Shape.Scalar);

    /// <summary>
    /// The largest element along one dimension. ∂L/∂y goes to the first of the largest; the others have a derivative of
    /// 0. NaN counts as the largest.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    /// <param name="axis">The dimension; negative ones count from the end, −1 is the innermost.</param>
    /// <returns>The shape without that dimension.</returns>
    /// <exception cref="ArgumentException">
    /// The input does not have this dimension (an <see cref="ArgumentOutOfRangeException"/>), or it has the size 0.
    /// </exception>
    public static Variable<T> Max<T>(this Variable<T> input, int axis)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        AxisView view = AxisView.Of(input.Shape, axis);
        return MaxNode<T>.Apply(input, view, input.Shape.Without(view.Axis));
    }

    private sealed unsafe class MaxNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private AlignedBuffer<int>? chosenBuffer;

        /// <summary>For each element of the value, the index along the dimension that it comes from.</summary>
        private int* chosen;
        private AxisView view;

        internal static Variable<T> Apply(Variable<T> input, AxisView view, Shape shape)
        {
            if (view.Length == 0)
                throw new ArgumentException($"There is no largest element of the shape {input.Shape}.", nameof(input));
            MaxNode<T> node = input.Tape.Record<MaxNode<T>>(shape, input);
            node.Forward(view);
            return node.Output;
        }

        internal override void PropagateGradient()
        {
            GradientSink<T> to = First.Sink().Cleared();
            for (int index = 0; index < Shape.Length; index++)
            {
                int row = index / view.Inner, column = index % view.Inner;
                long from = ((((long)row * view.Length) + chosen[index]) * view.Inner) + column;
                to.Add(from, ScalarLane<T>.Load(Gradient + index));
            }
        }

        private void Forward(AxisView input)
        {
            view = input;
            chosen = EnsureCapacity(ref chosenBuffer, Shape.Length);
            if (Shape.Length == 0) return;
            int perRange = (int)Math.Max(1, LaneLoop.ElementsPerRange / ((long)view.Length * view.Inner));
            LaneLoop.Ranges<T, Choose>(view.Outer, perRange, new(First.Value, Value, chosen, view));
        }

        private readonly struct Choose(T* input, T* value, int* chosen, AxisView view) : ILaneBody<T>
        {
            private readonly T* input = input;
            private readonly T* value = value;
            private readonly int* chosen = chosen;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (long row = start; row < end; row++)
                {
                    T* x = input + (row * view.Length * view.Inner), y = value + (row * view.Inner);
                    int* at = chosen + (row * view.Inner);
                    if (view.Inner == 1)
                    {
                        *y = RowReduction.Max<T, TLane>(x, view.Length);
                        // Equality of spans finds a NaN too.
                        *at = new ReadOnlySpan<T>(x, view.Length).IndexOf(*y);
                    }
                    else
                    {
                        Columns(x, y, at);
                    }
                }
            }

            /// <summary>By position, so that memory is read in order.</summary>
            private void Columns(T* x, T* y, int* at)
            {
                new Span<T>(x, view.Inner).CopyTo(new(y, view.Inner));
                new Span<int>(at, view.Inner).Clear();
                for (int position = 1; position < view.Length; position++)
                {
                    T* next = x + ((long)position * view.Inner);
                    for (int column = 0; column < view.Inner; column++)
                    {
                        if (!(next[column] > y[column]) && !(T.IsNaN(next[column]) && !T.IsNaN(y[column]))) continue;
                        (y[column], at[column]) = (next[column], position);
                    }
                }
            }
        }
    }
}
