using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>
/// Slots that are stored in another format than the computation uses. Piece by piece, each such slot is decoded into a
/// buffer that stays in the first-level cache, the rules run on the buffer, and the result is encoded.
/// </summary>
internal static unsafe class SlotFormats
{
    /// <summary>
    /// Elements per piece: few enough for the first-level cache, many enough that starting a loop costs little.
    /// </summary>
    internal const int PieceLength = 4 * BlockCodes.BlockLength;

    /// <summary>
    /// Elements from the piece of one slot to that of the next: a line more, as addresses a page apart share their place
    /// in the cache.
    /// </summary>
    private const int Stride = PieceLength + (Line / sizeof(float));

    /// <summary>The elements of a buffer for the pieces of all slots.</summary>
    internal const int BufferLength = (Stride * Slots<ScalarLane<float>>.Capacity) + (Line / sizeof(float));

    /// <summary>The bytes of a line of the cache.</summary>
    private const int Line = 64;

    /// <summary>
    /// Decodes the slots of other formats into a buffer, and returns the addresses with the buffer in their place, all
    /// full.
    /// </summary>
    internal static PassMemory<T> Decode<T>(in PassMemory<T> memory, int slots, long start, long end, T* buffer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        PassMemory<T> decoded = memory;
        decoded.NonTemporal = false;
        decoded.Formats = 0;
        for (int slot = 0; slot < slots; slot++)
        {
            SlotFormat format = memory.FormatOf(slot);
            if (format == SlotFormat.Full) continue;
            T* piece = PieceOf(slot, buffer);
            Decode(
                format, memory.SlotsIn[slot], memory.ScalesIn[slot], start, memory.FirstBlock, piece,
                (int)(end - start));
            decoded.SlotsIn[slot] = decoded.SlotsOut[slot] = (long)(piece - start);
        }

        return decoded;
    }

    /// <summary>Encodes the slots of other formats from the buffer.</summary>
    internal static void Encode<T>(in PassMemory<T> memory, int slots, long start, long end, T* buffer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int slot = 0; slot < slots; slot++)
        {
            SlotFormat format = memory.FormatOf(slot);
            if (format == SlotFormat.Full) continue;
            Encode(
                format, PieceOf(slot, buffer), (int)(end - start), memory.SlotsOut[slot],
                memory.ScalesOut[slot], start, memory.FirstBlock, (uint)start + memory.FirstIndex,
                memory.RandomKey + (uint)slot);
        }
    }

    /// <summary>The piece of a slot in a buffer, where a line of the cache begins.</summary>
    private static T* PieceOf<T>(int slot, T* buffer)
        where T : unmanaged => (T*)(((nint)buffer + Line - 1) & -Line) + (slot * Stride);

    /// <summary>Writes the numbers of a piece of a slot.</summary>
    /// <param name="format">The format, not full.</param>
    /// <param name="codes">The address of the codes, shifted as those of <see cref="PassMemory{T}"/>.</param>
    /// <param name="scales">The address of the scale of the first block.</param>
    /// <param name="start">The index of the first number; where there are blocks, one begins there.</param>
    /// <param name="firstBlock">The index where the first block begins.</param>
    /// <param name="numbers">The numbers.</param>
    /// <param name="count">How many; at most <see cref="PieceLength"/>.</param>
    internal static void Decode<T>(
        SlotFormat format, long codes, long scales, long start, long firstBlock, T* numbers, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (format == SlotFormat.BFloat16)
        {
            BFloat16.Decode((ushort*)codes + start, numbers, count);
            return;
        }

        float* scale = (float*)scales + ((start - firstBlock) / BlockCodes.BlockLength);
        if (typeof(T) == typeof(float))
        {
            BlockCodes.Decode(format, (byte*)codes + start, scale, (float*)numbers, count);
            return;
        }

        float* narrow = stackalloc float[PieceLength];
        BlockCodes.Decode(format, (byte*)codes + start, scale, narrow, count);
        for (int index = 0; index < count; index++) numbers[index] = T.CreateTruncating(narrow[index]);
    }

    /// <summary>Writes the codes of a piece of a slot. A double is rounded to a float first.</summary>
    /// <param name="format">The format, not full.</param>
    /// <param name="numbers">
    /// The numbers; there is memory for <see cref="PieceLength"/>, which may be written.
    /// </param>
    /// <param name="count">How many; at most <see cref="PieceLength"/>.</param>
    /// <param name="codes">The address of the codes, shifted as those of <see cref="PassMemory{T}"/>.</param>
    /// <param name="scales">The address of the scale of the first block.</param>
    /// <param name="start">The index of the first number; where there are blocks, one begins there.</param>
    /// <param name="firstBlock">The index where the first block begins.</param>
    /// <param name="place">The index of the first number in the whole slot; the random bits depend on it.</param>
    /// <param name="key">The key of the random bits.</param>
    internal static void Encode<T>(
        SlotFormat format, T* numbers, int count, long codes, long scales, long start, long firstBlock, uint place,
        uint key)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (format == SlotFormat.BFloat16)
        {
            BFloat16.Encode(numbers, (ushort*)codes + start, count, place, key);
            return;
        }

        float* scale = (float*)scales + ((start - firstBlock) / BlockCodes.BlockLength);
        if (typeof(T) == typeof(float))
        {
            BlockCodes.Encode(format, (float*)numbers, (byte*)codes + start, scale, count, place, key);
            return;
        }

        float* narrow = stackalloc float[PieceLength];
        for (int index = 0; index < count; index++) narrow[index] = float.CreateTruncating(numbers[index]);
        BlockCodes.Encode(format, narrow, (byte*)codes + start, scale, count, place, key);
    }
}
