using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Zeroed memory that starts at a multiple of 64 bytes, as vectors of 512 bits need it, and that never moves.
/// </summary>
/// <remarks>
/// The memory is a pinned managed array. The garbage collector frees it when nothing refers to the buffer any more.
/// </remarks>
/// <typeparam name="T">The element type, of 1, 2, 4 or 8 bytes.</typeparam>
public sealed unsafe class AlignedBuffer<T>
    where T : unmanaged
{
    private readonly T[] memory;
    private readonly int offset;

    /// <summary>Allocates a buffer of zeros.</summary>
    /// <param name="length">The number of elements, 0 to <see cref="MaxLength"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The length is negative or above <see cref="MaxLength"/>.
    /// </exception>
    /// <exception cref="NotSupportedException">The size of an element is not 1, 2, 4 or 8 bytes.</exception>
    public AlignedBuffer(int length)
    {
        // The runtime aligns arrays to 8 bytes. Only an element size that divides 8 reaches a multiple of 64 from
        // there.
        if (8 % sizeof(T) != 0)
        {
            throw new NotSupportedException(
                $"An element of an aligned buffer has 1, 2, 4 or 8 bytes; {typeof(T).Name} has {sizeof(T)}.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxLength);
        Length = length;
        memory = GC.AllocateArray<T>(length + Slack, pinned: true);
        T* start = (T*)Unsafe.AsPointer(ref memory[0]);
        Pointer = CacheLine.Align(start);
        offset = (int)(Pointer - start);
    }

    /// <summary>The maximum length: that of an array, less the elements that are skipped for alignment.</summary>
    public static int MaxLength => Array.MaxLength - Slack;

    /// <summary>The number of elements.</summary>
    public int Length { get; }

    /// <summary>The address of the first element; valid while the buffer is reachable.</summary>
    public T* Pointer { get; }

    /// <summary>The elements.</summary>
    public Span<T> Span => memory.AsSpan(offset, Length);

    private static int Slack => CacheLine.Bytes / sizeof(T);
}
