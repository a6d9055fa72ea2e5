using System.Numerics;

namespace Functional.Optim.Autodiff;

/// <summary>A constant: data without a gradient.</summary>
internal sealed class ConstantNode<T> : Node<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal override void PropagateGradient()
    {
    }
}
