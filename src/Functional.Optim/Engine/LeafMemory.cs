using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// The addresses of the elements of a tree: one flat buffer, or a separate address for each leaf (scattered).
/// </summary>
internal readonly unsafe struct LeafMemory<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* flat;
    private readonly nint[]? leaves;

    internal LeafMemory(T* flat) => this.flat = flat;

    internal LeafMemory(nint[] leaves) => this.leaves = leaves;

    /// <summary>Whether all leaves are in one buffer.</summary>
    internal bool IsFlat => leaves is null;

    /// <summary>The whole buffer.</summary>
    internal Span<T> Flat(int length) => new(flat, length);

    /// <summary>The address to which an index of the flat buffer is added to address an element of the leaf.</summary>
    internal T* BaseOf(Leaf leaf) => leaves is null ? flat : (T*)leaves[leaf.Index] - leaf.Offset;

    /// <summary>The elements from an index on. Unless the memory is flat, all must belong to one leaf.</summary>
    internal Span<T> Span(Leaf leaf, int start, int length) => new(BaseOf(leaf) + start, length);
}
