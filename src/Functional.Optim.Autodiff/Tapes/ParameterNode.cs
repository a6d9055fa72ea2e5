using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Functional.Optim.Autodiff;

/// <summary>A leaf of the parameter tree: its value and its gradient are the trees' own memory, which is pinned.</summary>
internal sealed unsafe class ParameterNode<T> : Node<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private GradientSink<T> sink;

    internal void Bind(Leaf leaf, ParameterTree<T> parameters, TreeBuffer<T>? gradients)
    {
        Value = (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(parameters.AsSpan(leaf)));
        sink = gradients is { } buffer
            ? new((T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer.AsSpan(leaf))), leaf.Length, accumulate: true)
            : default;
    }

    internal override GradientSink<T> Sink() => sink;

    internal override void PropagateGradient()
    {
    }

    internal override void Forget()
    {
        base.Forget();
        sink = default;
    }
}
