using System.Numerics;

namespace Functional.Optim.Autodiff;

/// <summary>The parameters of a computation that is being recorded, and its constants.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct Variables<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Tape<T> tape;

    internal Variables(Tape<T> tape) => this.tape = tape;

    /// <summary>The parameter of a name.</summary>
    /// <exception cref="ArgumentException">No leaf has this name, or it has more dimensions than a shape can have.</exception>
    public Variable<T> this[string name] => tape.Parameter(name);

    /// <summary>A constant, copied; it has no gradient.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="values">Its elements, in row-major order.</param>
    /// <exception cref="ArgumentException">The shape takes another number of elements.</exception>
    public Variable<T> Constant(Shape shape, ReadOnlySpan<T> values)
    {
        if (values.Length != shape.Length)
            throw new ArgumentException($"A constant of shape {shape} takes {shape.Length} elements; {values.Length} were given.", nameof(values));
        ConstantNode<T> node = tape.Record<ConstantNode<T>>(shape);
        values.CopyTo(node.Values);
        return node.Output;
    }
}
