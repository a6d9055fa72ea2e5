using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Functional.Optim.Autodiff;

/// <summary>
/// A leaf of the parameter tree. Its value and its gradient are the memory of the trees, which is pinned.
/// </summary>
internal sealed unsafe class ParameterNode<T> : Node<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private GradientSink<T> sink;

    internal void Bind(Leaf leaf, ParameterTree<T> parameters, TreeBuffer<T>? gradients)
    {
        Value = (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(parameters.AsSpan(leaf)));
        if (gradients is not { } buffer)
        {
            sink = default;
            return;
        }

        T* address = (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer.AsSpan(leaf)));
        sink = new(address, leaf.Length, accumulate: true);
    }

    internal override GradientSink<T> Sink() => sink;

    internal override void PropagateGradient()
    {
    }

    internal override void Clear()
    {
        base.Clear();
        sink = default;
    }
}
