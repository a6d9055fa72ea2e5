using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The name, the shape and the elements of one leaf; <see cref="ParameterTree.Of{T}"/> builds a tree from them.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Name">The name, not empty and unique within the tree.</param>
/// <param name="Shape">The size of each dimension, none negative; empty for a scalar.</param>
/// <param name="Data">The elements in row-major order.</param>
/// <exception cref="NotSupportedException">T is neither float nor double.</exception>
public readonly record struct LeafData<T>(string Name, ImmutableArray<int> Shape, T[] Data)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The elements in row-major order.</summary>
    public T[] Data { get; init; } = Supported(Data);

    private static T[] Supported(T[] data)
    {
        ElementType.Require<T>();
        return data;
    }
}
