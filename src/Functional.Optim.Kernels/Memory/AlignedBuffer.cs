using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>Zeroed memory that starts at a multiple of 64 bytes and does not move, as the widest vectors like it.</summary>
/// <remarks>It is managed memory: the garbage collector frees it when nothing refers to the buffer any more.</remarks>
/// <typeparam name="T">The element, of 1, 2, 4 or 8 bytes.</typeparam>
public sealed unsafe class AlignedBuffer<T>
    where T : unmanaged
{
    private const int AlignmentInBytes = 64;

    private readonly T[] memory;
    private readonly int offset;

    /// <summary>A buffer of zeros.</summary>
    /// <param name="length">The number of elements, 0 to <see cref="MaxLength"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The length is negative or above <see cref="MaxLength"/>.
    /// </exception>
    /// <exception cref="NotSupportedException">An element has another size than 1, 2, 4 or 8 bytes.</exception>
    public AlignedBuffer(int length)
    {
        // The runtime starts an array at a multiple of 8 bytes: only such elements reach a multiple of 64 from there.
        if (8 % sizeof(T) != 0)
        {
            throw new NotSupportedException(
                $"An element of an aligned buffer has 1, 2, 4 or 8 bytes; {typeof(T).Name} has {sizeof(T)}.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxLength);
        Length = length;
        memory = GC.AllocateArray<T>(length + Slack, pinned: true);
        long address = (long)Unsafe.AsPointer(ref memory[0]);
        offset = (int)(((AlignmentInBytes - (address & (AlignmentInBytes - 1))) & (AlignmentInBytes - 1)) / sizeof(T));
        Pointer = (T*)address + offset;
    }

    /// <summary>The most elements that a buffer can have: what an array can, without the few that align it.</summary>
    public static int MaxLength => Array.MaxLength - Slack;

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>The first element; valid as long as the buffer is reachable.</summary>
    public T* Pointer { get; }

    /// <summary>The elements.</summary>
    public Span<T> Span => memory.AsSpan(offset, Length);

    private static int Slack => AlignmentInBytes / sizeof(T);
}
