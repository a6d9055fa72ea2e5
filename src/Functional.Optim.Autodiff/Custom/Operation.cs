using System.Numerics;

namespace Functional.Optim.Autodiff;

/// <summary>
/// An operation of your own: the shape and the values of its result, and the gradients of its inputs. For a function of
/// single elements, <see cref="ElementwiseOperation"/> is shorter. <c>OperationLaws</c> in Functional.Optim.Laws checks
/// that the gradients are those of the values.
/// </summary>
/// <remarks>
/// Its settings are properties of the record; it must not change, because several computations may use it at the same
/// time. Calls allocate nothing but what its own methods do.
/// </remarks>
public abstract record Operation
{
    /// <summary>Its name in messages; that of its type unless it is overridden.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>Applies the operation to variables of one computation.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="inputs">x₀, x₁, …; at least one.</param>
    /// <returns>y.</returns>
    /// <exception cref="ArgumentException">
    /// There is no input, the operation does not take inputs of these shapes, or a variable belongs to another
    /// computation.
    /// </exception>
    public Variable<T> Of<T>(params ReadOnlySpan<Variable<T>> inputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (inputs.Length == 0)
            throw new ArgumentException($"{Name} was given no inputs; it takes at least one.", nameof(inputs));
        return CustomNode<T>.Apply(this, inputs);
    }

    /// <summary>The shape of y, from those of the inputs.</summary>
    /// <param name="inputs">The shapes of x₀, x₁, ….</param>
    /// <exception cref="ArgumentException">It does not take this number of inputs, or these shapes.</exception>
    protected internal abstract Shape ShapeOf(ReadOnlySpan<Shape> inputs);

    /// <summary>Writes y.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="inputs">The values and shapes of x₀, x₁, ….</param>
    /// <param name="output">Every element of y, in row-major order; what it holds before has no meaning.</param>
    protected internal abstract void Forward<T>(in OperationInputs<T> inputs, Span<T> output)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Writes ∂L/∂x₀, ∂L/∂x₁, …, from ∂L/∂y.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="inputs">The values and shapes of x₀, x₁, ….</param>
    /// <param name="output">y.</param>
    /// <param name="gradient">∂L/∂y, of the length of y.</param>
    /// <param name="gradients">
    /// Where to write the gradients of the inputs (<see cref="OperationGradients{T}.Of"/>). They start as zeros.
    /// </param>
    protected internal abstract void Backward<T>(
        in OperationInputs<T> inputs,
        ReadOnlySpan<T> output,
        ReadOnlySpan<T> gradient,
        in OperationGradients<T> gradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
