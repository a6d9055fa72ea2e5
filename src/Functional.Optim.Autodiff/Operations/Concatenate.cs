using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// Arrays one after another along a dimension; ∂L/∂x of each is its part of ∂L/∂y, the <see cref="Slice"/> of it.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="axis">The dimension; negative ones count from the end, −1 is the innermost.</param>
    /// <param name="inputs">At least one, of shapes that are equal but for that dimension.</param>
    /// <exception cref="ArgumentException">
    /// There is no input, the shapes differ, they do not have this dimension (an
    /// <see cref="ArgumentOutOfRangeException"/>), or a variable belongs to another computation.
    /// </exception>
    public static Variable<T> Concatenate<T>(int axis, params ReadOnlySpan<Variable<T>> inputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (inputs.Length == 0) throw new ArgumentException("There is nothing to concatenate.", nameof(inputs));
        Shape first = inputs[0].Shape;
        AxisView view = AxisView.Of(first, axis);
        long length = 0;
        foreach (Variable<T> input in inputs)
        {
            Shape shape = input.Shape;
            if (shape.Rank != first.Rank || shape.With(view.Axis, 0) != first.With(view.Axis, 0))
            {
                throw new ArgumentException(
                    $"Concatenation along dimension {view.Axis} takes shapes that are equal but for it; "
                    + $"{first} and {shape} were given.",
                    nameof(inputs));
            }

            length += shape[view.Axis];
        }

        if (length > int.MaxValue)
            throw new ArgumentException($"Concatenation gives a size of {length}; {int.MaxValue} is allowed.");
        ConcatenateNode<T> node = inputs[0].Tape.Record<ConcatenateNode<T>>(
            first.With(view.Axis, (int)length), inputs);
        node.Forward(view.Outer);
        return node.Output;
    }

    private sealed unsafe class ConcatenateNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private int outer;

        internal void Forward(int rows)
        {
            outer = rows;
            if (Shape.Length == 0) return;
            int start = 0, width = Shape.Length / outer;
            foreach (Node<T> input in Inputs)
            {
                int part = input.Shape.Length / outer;
                GradientSink<T> to = new(Value, Shape.Length, accumulate: false);
                Block<T>.Copy(input.Value, part, to.From(start), width, outer, part);
                start += part;
            }
        }

        internal override void PropagateGradient()
        {
            if (Shape.Length == 0) return;
            int start = 0, width = Shape.Length / outer;
            foreach (Node<T> input in Inputs)
            {
                int part = input.Shape.Length / outer;
                if (input.Sink() is { IsWanted: true } toInput)
                    Block<T>.Copy(Gradient + start, width, toInput, part, outer, part);
                start += part;
            }
        }
    }
}
