using System.Numerics;

namespace Functional.Optim.Autodiff;

/// <summary>
/// Where an <see cref="Operation"/> writes the gradients of its inputs. It is valid during the call that gets it.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly ref struct OperationGradients<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly CustomNode<T> node;

    internal OperationGradients(CustomNode<T> node) => this.node = node;

    /// <summary>
    /// Whether the gradient of an input is needed. What is written of another, such as that of a constant, has no
    /// effect, so an operation may skip it to save time.
    /// </summary>
    /// <param name="input">The index of the input, from 0.</param>
    public bool IsWanted(int input) => node.IsWanted(input);

    /// <summary>
    /// ∂L/∂x of an input, in row-major order: zeros at first. Contributions of other operations are not in it; they are
    /// added afterwards.
    /// </summary>
    /// <param name="input">The index of the input, from 0.</param>
    public Span<T> Of(int input) => node.GradientOf(input);
}
