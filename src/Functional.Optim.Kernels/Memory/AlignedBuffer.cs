namespace Functional.Optim.Kernels;

/// <summary>Zeroed memory that starts at a multiple of 64 bytes and does not move, as the widest vectors like it.</summary>
/// <typeparam name="T">The element.</typeparam>
public sealed unsafe class AlignedBuffer<T>
    where T : unmanaged
{
    private const int AlignmentInBytes = 64;

    private readonly T[] memory;
    private readonly int offset;

    /// <summary>A buffer of zeros.</summary>
    /// <param name="length">The number of elements; not negative.</param>
    public AlignedBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        memory = GC.AllocateArray<T>(length + (AlignmentInBytes / sizeof(T)), pinned: true);
        long address = (long)System.Runtime.CompilerServices.Unsafe.AsPointer(ref memory[0]);
        offset = (int)(((AlignmentInBytes - (address & (AlignmentInBytes - 1))) & (AlignmentInBytes - 1)) / sizeof(T));
        Pointer = (T*)address + offset;
    }

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>The first element; valid as long as the buffer is reachable.</summary>
    public T* Pointer { get; }

    /// <summary>The elements.</summary>
    public Span<T> Span => memory.AsSpan(offset, Length);
}
