using System.Numerics;
using System.Runtime.InteropServices;

namespace Functional.Optim.Tests.InPlace;

/// <summary>
/// Parameters and gradients of a layout in memory that is not a tree: the leaves in reverse order, with gaps of odd
/// length between them, in an array or in native memory.
/// </summary>
internal sealed unsafe class Foreign<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TreeLayout layout;
    private readonly int[] starts;
    private readonly T[] array = [];
    private readonly T* native;
    private readonly int length;

    internal Foreign(ParameterTree<T> parameters, bool isNative)
    {
        layout = parameters.Layout;
        starts = new int[layout.Leaves.Length];
        int end = 3;
        for (int leaf = starts.Length - 1; leaf >= 0; leaf--)
        {
            starts[leaf] = end;
            end += layout.Leaves[leaf].Length + 1 + (leaf % 3);
        }

        length = end;
        if (isNative) native = (T*)NativeMemory.AllocZeroed((nuint)(2 * length), (nuint)sizeof(T));
        else array = new T[2 * length];
        Write(parameters, 0);
        Bindings =
        [
            .. layout.Leaves.Select(leaf => isNative
                ? new LeafBinding<T>(
                    leaf.Name, leaf.Shape.AsSpan(), native + starts[leaf.Index], native + length + starts[leaf.Index])
                : new LeafBinding<T>(
                    leaf.Name, leaf.Shape.AsSpan(), array.AsMemory(starts[leaf.Index], leaf.Length),
                    array.AsMemory(length + starts[leaf.Index], leaf.Length))),
        ];
    }

    internal LeafBinding<T>[] Bindings { get; }

    /// <summary>All memory, with the gaps.</summary>
    internal Span<T> All => native is null ? array : new Span<T>(native, 2 * length);

    /// <summary>Where the parameters of a leaf are, in native memory.</summary>
    internal T* ParameterAddress(Leaf leaf) => native + starts[leaf.Index];

    /// <summary>Where the gradient of a leaf is, in native memory.</summary>
    internal T* GradientAddress(Leaf leaf) => native + length + starts[leaf.Index];

    internal void SetGradients(ParameterTree<T> gradients) => Write(gradients, length);

    public void Dispose() => NativeMemory.Free(native);

    private void Write(ParameterTree<T> tree, int offset)
    {
        foreach (Leaf leaf in layout.Leaves)
            tree.AsSpan(leaf).CopyTo(All.Slice(offset + starts[leaf.Index], leaf.Length));
    }
}
