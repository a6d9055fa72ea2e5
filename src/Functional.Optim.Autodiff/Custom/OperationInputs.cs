using System.Numerics;

namespace Functional.Optim.Autodiff;

/// <summary>The inputs of an <see cref="Operation"/>. They are valid during the call that gets them.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly ref struct OperationInputs<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly CustomNode<T> node;

    internal OperationInputs(CustomNode<T> node) => this.node = node;

    /// <summary>The number of inputs.</summary>
    public int Count => node.InputCount;

    /// <summary>The values of an input, in row-major order.</summary>
    /// <param name="input">The index of the input, from 0.</param>
    public ReadOnlySpan<T> this[int input] => node.ValuesOf(input);

    /// <summary>The shape of an input.</summary>
    /// <param name="input">The index of the input, from 0.</param>
    public Shape ShapeOf(int input) => node.ShapeOf(input);
}
