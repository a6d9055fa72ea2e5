using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Runs rules over slots that are kept in another format than the one they are computed in: block by block, a slot is decoded into a
/// buffer that stays in the first cache, the rules work on that, and what they left is encoded.
/// </summary>
internal static unsafe class SlotFormats
{
    /// <summary>Elements per block: four slots of doubles and what the rules read beside them stay in the first cache.</summary>
    internal const int BlockLength = 512;

    /// <summary>Runs a rule over a range of a segment, whatever the formats of its slots.</summary>
    internal static void RunRange<T, TRule>(in TRule rule, in PassMemory<T> memory, long start, long end, LaneWidth width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
    {
        T* buffer = stackalloc T[BlockLength * Slots<ScalarLane<T>>.Capacity];
        for (long at = start; at < end; at += BlockLength)
        {
            long stop = Math.Min(at + BlockLength, end);
            PassMemory<T> decoded = Decode(memory, TRule.SlotCount, at, stop, buffer);
            Elementwise.RunRange(rule, decoded, at, stop, width);
            Encode(memory, TRule.SlotCount, at, stop, buffer);
        }
    }

    /// <summary>The memory with decoded slots in the place of those in another format.</summary>
    internal static PassMemory<T> Decode<T>(in PassMemory<T> memory, int slots, long start, long end, T* buffer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        PassMemory<T> decoded = memory;
        decoded.NonTemporal = false;
        for (int slot = 0; slot < slots; slot++)
        {
            if (!memory.IsPacked(slot)) continue;
            T* block = buffer + (slot * BlockLength);
            BFloat16.Decode((ushort*)memory.SlotsIn[slot] + start, block, (int)(end - start));
            decoded.SlotsIn[slot] = decoded.SlotsOut[slot] = (long)(block - start);
        }

        return decoded;
    }

    /// <summary>Writes decoded slots back in their format.</summary>
    internal static void Encode<T>(in PassMemory<T> memory, int slots, long start, long end, T* buffer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int slot = 0; slot < slots; slot++)
        {
            if (!memory.IsPacked(slot)) continue;
            BFloat16.Encode(buffer + (slot * BlockLength), (ushort*)memory.SlotsOut[slot] + start, (int)(end - start), (uint)start, memory.RandomKey + (uint)slot);
        }
    }
}
