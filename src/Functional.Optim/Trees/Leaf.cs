using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// One named array of a <see cref="ParameterTree{T}"/>: its shape, and its range in the flat buffer. Immutable.
/// </summary>
public sealed class Leaf : IEquatable<Leaf>
{
    internal Leaf(
        string name, ImmutableArray<int> shape, int index, int offset, int length, int? start = null)
    {
        Name = name;
        Shape = shape;
        Index = index;
        Offset = offset;
        Length = length;
        Start = start;
    }

    /// <summary>The name, unique within its tree.</summary>
    public string Name { get; }

    /// <summary>The size of each dimension, outermost first; empty for a scalar.</summary>
    public ImmutableArray<int> Shape { get; }

    /// <summary>The number of dimensions: 0 for a scalar, 1 for a vector, 2 for a matrix.</summary>
    public int Rank => Shape.Length;

    /// <summary>The index among the leaves of the tree, from 0.</summary>
    public int Index { get; }

    /// <summary>
    /// The index of its first element in the flat buffer; a multiple of <see cref="TreeLayout.Alignment"/>.
    /// </summary>
    public int Offset { get; }

    /// <summary>
    /// The number of elements: the product of <see cref="Shape"/>, or less of a piece in a <see cref="TreeShard"/>.
    /// </summary>
    public int Length { get; }

    /// <summary>Of a piece, the index of its first element in the whole leaf.</summary>
    internal int? Start { get; }

    /// <summary>Its start and length in the whole leaf; of a whole leaf any length.</summary>
    /// <param name="shape">The shape of the leaf, or that of its slot, which lies where the leaf does.</param>
    internal (int Start, int Length) PieceOf(ReadOnlySpan<int> shape) =>
        Start is not { } start ? (0, int.MaxValue) : shape.SequenceEqual(Shape.AsSpan()) ? (start, Length) : (0, 0);

    /// <summary>The blocks of its elements, as <see cref="StateFormat"/> has them.</summary>
    internal int BlockCount => BlocksOf(Length);

    /// <summary>The blocks of the whole leaf.</summary>
    internal int WholeBlockCount =>
        Start is null ? BlockCount : BlocksOf(Shape.Aggregate(1, static (all, size) => all * size));

    /// <summary>The index of its first block in the whole leaf; a piece begins with a block.</summary>
    internal int FirstBlock => BlocksOf(Start ?? 0);

    /// <summary>Whether all of its elements are in other shards.</summary>
    internal bool IsAbsent => Start is not null && Length == 0;

    /// <summary>The number of padding elements between its last element and the next leaf.</summary>
    internal int Padding => -Length & (TreeLayout.Alignment - 1);

    private static int BlocksOf(int length) =>
        (int)(((long)length + BlockCodes.BlockLength - 1) / BlockCodes.BlockLength);

    /// <summary>The shape for .NET tensors, which have at least one dimension; a piece is a vector.</summary>
    internal nint[] TensorLengths =>
        Start is not null ? [Length] : Rank == 0 ? [1] : [.. Shape.Select(size => (nint)size)];

    /// <summary>The data of a leaf, from an array, to build a tree.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="name">The name, not empty.</param>
    /// <param name="shape">The size of each dimension, none negative; empty for a scalar.</param>
    /// <param name="data">The elements in row-major order; they are copied when the tree is built.</param>
    /// <returns>The data; <see cref="ParameterTree.Of{T}"/> checks and copies it.</returns>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public static LeafData<T> Of<T>(string name, ReadOnlySpan<int> shape, T[] data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(name, [.. shape], data);

    /// <summary>
    /// The data of a leaf, from a tensor, to build a tree. The elements are copied
    /// in row-major order, whatever the strides.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="name">The name, not empty.</param>
    /// <param name="tensor">The elements; the leaf gets the shape of the tensor.</param>
    /// <exception cref="OverflowException">A dimension is longer than 2³¹ − 1.</exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public static LeafData<T> Of<T>(string name, scoped in ReadOnlyTensorSpan<T> tensor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.Require<T>();
        T[] elements = new T[tensor.FlattenedLength];
        tensor.FlattenTo(elements);
        int[] shape = new int[tensor.Rank];
        for (int dimension = 0; dimension < shape.Length; dimension++)
            shape[dimension] = checked((int)tensor.Lengths[dimension]);
        return new(name, [.. shape], elements);
    }

    /// <inheritdoc/>
    public bool Equals(Leaf? other) =>
        other is not null && Name == other.Name && Length == other.Length && Start == other.Start
        && Shape.AsSpan().SequenceEqual(other.Shape.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Leaf);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Length);

    /// <summary>The name and shape, such as <c>weight[128, 512]</c>; long names and shapes are shortened.</summary>
    public override string ToString() => TreeText.Name(Name) + TreeText.Shape(Shape.AsSpan());
}
