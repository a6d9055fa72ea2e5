using System.Runtime.InteropServices;

namespace Functional.Optim.Native;

/// <summary>A parameter and its gradient in memory of the caller: <c>fo_leaf</c> of the header.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct NativeLeaf(
    byte* name, long* shape, int rank, void* parameters, void* gradients, long length)
{
    private const int MaxRank = 64;

    private readonly byte* name = name;
    private readonly long* shape = shape;
    private readonly int rank = rank;
    private readonly void* parameters = parameters;
    private readonly void* gradients = gradients;
    private readonly long length = length;

    /// <summary>The leaf as a binding; its length is that of its shape.</summary>
    /// <param name="index">Which leaf it is, for the error.</param>
    /// <exception cref="NativeException">It is not a leaf.</exception>
    internal LeafBinding<T> ToBinding<T>(int index)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        string text = NativeText.Read(name, $"The name of leaf {index}"), leaf = $"leaf {index}, '{text}',";
        if (rank is < 0 or > MaxRank)
            throw new NativeException(Status.Invalid, $"The rank of {leaf} is {rank}; allowed is 0 to {MaxRank}.");
        if (shape == null && rank > 0) throw new NativeException(Status.Invalid, $"The shape of {leaf} is NULL.");
        int[] sizes = new int[rank];
        Int128 elements = 1;
        for (int dimension = 0; dimension < rank; dimension++)
        {
            long size = shape[dimension];
            if (size is < 0 or > int.MaxValue)
                throw new NativeException(
                    Status.Invalid, $"Size {dimension} of {leaf} is {size}; allowed is 0 to {int.MaxValue}.");
            sizes[dimension] = (int)size;
            elements = Int128.Min(elements * size, (Int128)long.MaxValue + 1);
        }

        if (elements != length)
            throw new NativeException(
                Status.Invalid, $"The length of {leaf} is {length}; its shape has {elements} elements.");
        return new(text, sizes, (T*)parameters, (T*)gradients);
    }
}
