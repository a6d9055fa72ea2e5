using System.Numerics;

namespace Functional.Optim;

/// <summary>Where the elements of a tree lie: side by side in one buffer, or each leaf elsewhere.</summary>
internal readonly unsafe struct LeafMemory<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T* flat;
    private readonly nint[]? leaves;

    internal LeafMemory(T* flat) => this.flat = flat;

    internal LeafMemory(nint[] leaves) => this.leaves = leaves;

    /// <summary>Whether all lies in one buffer.</summary>
    internal bool IsFlat => leaves is null;

    /// <summary>The whole buffer.</summary>
    internal Span<T> Flat(int length) => new(flat, length);

    /// <summary>The address from which the index in the flat buffer leads to an element of a leaf.</summary>
    internal T* BaseOf(Leaf leaf) => leaves is null ? flat : (T*)leaves[leaf.Index] - leaf.Offset;

    /// <summary>The elements from an index on, all of one leaf unless the memory is flat.</summary>
    internal Span<T> Span(Leaf leaf, int start, int length) => new(BaseOf(leaf) + start, length);
}
