using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>
/// The addresses that an elementwise pass reads and writes in one segment. An output may be an input. Each address is
/// shifted so that the index of the pass is also the index of the element, wherever the array is.
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

    /// <summary>The addresses of the scale of the first block, where the format of a slot has scales.</summary>
    internal fixed long ScalesIn[Slots<ScalarLane<float>>.Capacity];
    internal fixed long ScalesOut[Slots<ScalarLane<float>>.Capacity];

    /// <summary>The formats of the slots, 8 bits for each; 0 where all are full.</summary>
    internal uint Formats;

    /// <summary>The index where the first block begins.</summary>
    internal int FirstBlock;

    /// <summary>The key of the random bits that round slots of other formats; each slot adds its number.</summary>
    internal uint RandomKey;

    /// <summary>Whether what is too small in the new slots becomes 0 (<see cref="Underflow"/>).</summary>
    internal bool ClearsUnderflow;

    /// <summary>The index of the first element in the whole tree, for those random bits.</summary>
    internal uint FirstIndex;

    /// <summary>
    /// Passes that write more bytes than this use non-temporal stores, unless they write into their inputs.
    /// </summary>
    private const long NonTemporalThreshold = 16L << 20;

    internal readonly SlotFormat FormatOf(int slot) => (SlotFormat)(byte)(Formats >> (8 * slot));

    internal void SetFormat(int slot, SlotFormat format) =>
        Formats = (Formats & ~(0xFFu << (8 * slot))) | ((uint)format << (8 * slot));

    /// <summary>Whether the first slots, at least one, have one format, which is not full.</summary>
    internal readonly bool HasOneFormat(int slots)
    {
        bool same = slots > 0 && FormatOf(0) != SlotFormat.Full;
        for (int slot = 1; slot < slots; slot++) same &= FormatOf(slot) == FormatOf(0);
        return same;
    }

    internal readonly T* SlotIn(int slot) => (T*)SlotsIn[slot];

    internal readonly T* SlotOut(int slot) => (T*)SlotsOut[slot];

    /// <summary>Decides whether a pass over this many elements uses non-temporal stores.</summary>
    internal void ChooseStores(long length, int slotCount) => NonTemporal =
        Output != Parameters && Output != Updates && length * sizeof(T) * (1 + slotCount) > NonTemporalThreshold;

    /// <summary>
    /// The number of elements from an index to the first whose output begins a line of the cache.
    /// </summary>
    internal readonly long ElementsToAlignment(long index) => CacheLine.Align(Output + index) - (Output + index);

    /// <summary>Whether all outputs reach a line of the cache at the same index.</summary>
    internal readonly bool SameAlignment(int slotCount)
    {
        const long within = CacheLine.Bytes - 1;
        long misaligned = (long)Output & within;
        bool same = misaligned % sizeof(T) == 0;
        for (int slot = 0; slot < slotCount; slot++) same &= (SlotsOut[slot] & within) == misaligned;
        return same;
    }
}
