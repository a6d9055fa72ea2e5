using System.Numerics;

namespace Functional.Optim.Autodiff;

/// <summary>
/// The parameters and the constants of a recorded computation. It is valid until the function that got it returns.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct Variables<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Tape<T>? tape;
    private readonly int recording;

    internal Variables(Tape<T> tape) => (this.tape, recording) = (tape, tape.Recording);

    private Tape<T> Tape => tape is not null && tape.Recording == recording
        ? tape
        : throw new InvalidOperationException("These variables belong to a computation that is over.");

    /// <summary>The parameter with a name.</summary>
    /// <param name="name">The name of the leaf.</param>
    /// <exception cref="ArgumentException">
    /// No leaf has this name, or the leaf has more than <see cref="Shape.MaximumRank"/> dimensions.
    /// </exception>
    /// <exception cref="InvalidOperationException">The computation is over.</exception>
    public Variable<T> this[string name] => Tape.Parameter(name);

    /// <summary>A constant without a gradient; the values are copied.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="values">The elements, in row-major order.</param>
    /// <exception cref="ArgumentException">The number of elements is not that of the shape.</exception>
    /// <exception cref="InvalidOperationException">The computation is over.</exception>
    public Variable<T> Constant(Shape shape, ReadOnlySpan<T> values)
    {
        if (values.Length != shape.Length)
        {
            throw new ArgumentException(
                $"A constant of shape {shape} takes {shape.Length} elements; {values.Length} were given.",
                nameof(values));
        }

        ConstantNode<T> node = Tape.Record<ConstantNode<T>>(shape);
        values.CopyTo(node.Values);
        return node.Output;
    }
}
