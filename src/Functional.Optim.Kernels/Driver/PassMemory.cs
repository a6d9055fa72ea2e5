using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>
/// The addresses that an elementwise pass reads and writes in one segment; outputs may be the inputs. Each is shifted so that the
/// pass's own index leads to its element, wherever the array lies.
/// </summary>
internal unsafe struct PassMemory<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal T* Parameters;
    internal T* Updates;
    internal T* Output;
    internal fixed long SlotsIn[Slots<ScalarLane<float>>.Capacity];
    internal fixed long SlotsOut[Slots<ScalarLane<float>>.Capacity];
    internal bool NonTemporal;

    /// <summary>A bit for each slot that is kept as <see cref="BFloat16"/>.</summary>
    internal int PackedSlots;

    /// <summary>The key of the random bits that packed slots are rounded with; a slot adds its number.</summary>
    internal uint RandomKey;

    /// <summary>Above this many bytes written, arrays other than the inputs are written past the cache.</summary>
    private const long NonTemporalThreshold = 16L << 20;

    internal readonly bool IsPacked(int slot) => (PackedSlots >> slot & 1) != 0;

    internal readonly T* SlotIn(int slot) => (T*)SlotsIn[slot];

    internal readonly T* SlotOut(int slot) => (T*)SlotsOut[slot];

    /// <summary>Decides whether a pass over so many elements writes past the cache.</summary>
    internal void AvoidCache(long length, int slotCount) => NonTemporal =
        Output != Parameters && Output != Updates && length * sizeof(T) * (1 + slotCount) > NonTemporalThreshold;

    /// <summary>How many elements from an index on until the output is at a multiple of 64 bytes.</summary>
    internal readonly long ElementsToAlignment(long index) => ((64 - ((long)(Output + index) & 63)) & 63) / sizeof(T);

    /// <summary>Whether everything written reaches a multiple of 64 bytes at the same index.</summary>
    internal readonly bool SameAlignment(int slotCount)
    {
        long misaligned = (long)Output & 63;
        bool same = misaligned % sizeof(T) == 0;
        for (int slot = 0; slot < slotCount; slot++) same &= (SlotsOut[slot] & 63) == misaligned;
        return same;
    }
}
