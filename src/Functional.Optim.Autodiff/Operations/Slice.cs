using System.Numerics;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// A part of an array along a dimension: y[…, i, …] = x[…, start + i, …]. ∂L/∂x is ∂L/∂y in that part and 0
    /// outside.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    /// <param name="axis">The dimension; negative ones count from the end, −1 is the innermost.</param>
    /// <param name="start">The first index of the part, from 0.</param>
    /// <param name="length">The size of the part.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The input does not have this dimension, or the part does not lie in it.
    /// </exception>
    public static Variable<T> Slice<T>(this Variable<T> input, int axis, int start, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        AxisView view = AxisView.Of(input.Shape, axis);
        if (start < 0 || start > view.Length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(start), start,
                $"A slice of dimension {view.Axis} of {input.Shape} starts from 0 to {view.Length}.");
        }

        if (length < 0 || length > view.Length - start)
        {
            throw new ArgumentOutOfRangeException(
                nameof(length), length,
                $"A slice of dimension {view.Axis} of {input.Shape} from {start} on has a length from 0 to "
                + $"{view.Length - start}.");
        }

        SliceNode<T> node = input.Tape.Record<SliceNode<T>>(input.Shape.With(view.Axis, length), input);
        node.Forward(view, start);
        return node.Output;
    }

    private sealed unsafe class SliceNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private AxisView view;
        private int first;

        /// <summary>The elements of a row of the input, those of its part, and where the part starts.</summary>
        private (int Whole, int Part, int Start) Row =>
            (view.Length * view.Inner, Shape.Length / view.Outer, first * view.Inner);

        internal void Forward(AxisView input, int start)
        {
            (view, first) = (input, start);
            if (Shape.Length == 0) return;
            (int whole, int part, int offset) = Row;
            GradientSink<T> to = new(Value, Shape.Length, accumulate: false);
            Block<T>.Copy(First.Value + offset, whole, to, part, view.Outer, part);
        }

        internal override void PropagateGradient()
        {
            GradientSink<T> to = First.Sink().Cleared();
            if (Shape.Length == 0) return;
            (int whole, int part, int offset) = Row;
            Block<T>.Copy(Gradient, part, to.From(offset), whole, view.Outer, part);
        }
    }
}
