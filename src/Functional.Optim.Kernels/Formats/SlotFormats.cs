using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>
/// Slots that are stored in another format than the computation uses. Piece by piece, each such slot is decoded into a
/// buffer that stays in the first-level cache, the rules run on the buffer, and the result is encoded.
/// </summary>
internal static unsafe class SlotFormats
{
    /// <summary>
    /// Elements from the piece of one slot to that of the next: a line more, as addresses a page apart share their place
    /// in the cache.
    /// </summary>
    private const int Stride = CodedPiece.MaxLength + CacheLine.Floats;

    /// <summary>The elements of a buffer for the pieces of all slots.</summary>
    internal const int BufferLength = (Stride * Slots<ScalarLane<float>>.Capacity) + CacheLine.Floats;

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
            CodedPiece.At(format, memory.SlotsIn[slot], memory.ScalesIn[slot], start, memory.FirstBlock)
                .Decode(piece, (int)(end - start));
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
            CodedPiece.At(format, memory.SlotsOut[slot], memory.ScalesOut[slot], start, memory.FirstBlock).Encode(
                PieceOf(slot, buffer), (int)(end - start), (uint)start + memory.FirstIndex,
                memory.RandomKey + (uint)slot);
        }
    }

    /// <summary>The piece of a slot in a buffer, where a line of the cache begins.</summary>
    private static T* PieceOf<T>(int slot, T* buffer)
        where T : unmanaged => CacheLine.Align(buffer) + (slot * Stride);
}
