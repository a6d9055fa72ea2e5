using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Slots that are stored in another format than the computation uses. Block by block, each such slot is decoded into a
/// buffer that stays in the first-level cache, the rules run on the buffer, and the result is encoded.
/// </summary>
internal static unsafe class SlotFormats
{
    /// <summary>
    /// Elements per block: four slots of doubles and the inputs of the rules fit in the first-level cache.
    /// </summary>
    internal const int BlockLength = 512;

    /// <summary>
    /// Decodes the packed slots into a buffer, and returns the addresses with the buffer in their place, none packed.
    /// </summary>
    internal static PassMemory<T> Decode<T>(in PassMemory<T> memory, int slots, long start, long end, T* buffer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        PassMemory<T> decoded = memory;
        decoded.NonTemporal = false;
        decoded.PackedSlots = 0;
        for (int slot = 0; slot < slots; slot++)
        {
            if (!memory.IsPacked(slot)) continue;
            T* block = buffer + (slot * BlockLength);
            BFloat16.Decode((ushort*)memory.SlotsIn[slot] + start, block, (int)(end - start));
            decoded.SlotsIn[slot] = decoded.SlotsOut[slot] = (long)(block - start);
        }

        return decoded;
    }

    /// <summary>Encodes the packed slots from the buffer.</summary>
    internal static void Encode<T>(in PassMemory<T> memory, int slots, long start, long end, T* buffer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int slot = 0; slot < slots; slot++)
        {
            if (!memory.IsPacked(slot)) continue;
            ushort* codes = (ushort*)memory.SlotsOut[slot] + start;
            T* block = buffer + (slot * BlockLength);
            BFloat16.Encode(
                block, codes, (int)(end - start), (uint)start + memory.FirstIndex, memory.RandomKey + (uint)slot);
        }
    }
}
