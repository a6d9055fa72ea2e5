using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>
/// The loop of a rule whose slots are all kept in one format: they are decoded and encoded in registers, so that the
/// processor computes while it waits for memory. The bits are those of decoding and encoding piece by piece.
/// </summary>
internal static unsafe class CodedLoop
{
    /// <summary>
    /// Elements from one slot to the next in the memory of a block: a line more, as addresses at a power of two from
    /// each other share their place in the cache.
    /// </summary>
    private const int Stride = BlockCodes.BlockLength + CacheLine.Floats;

    /// <summary>The indices [First, Last) of a range that the loop can run over; none where it cannot.</summary>
    internal static (long First, long Last) RangeOf<T>(
        in PassMemory<T> memory, int slots, long start, long end, LaneWidth width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool isFor = RuntimeFeature.IsDynamicCodeSupported && typeof(T) == typeof(float)
            && width == LaneWidth.Bits512 && Vector512.IsHardwareAccelerated && !memory.ClearsUnderflow
            && memory.HasOneFormat(slots);
        if (!isFor) return (start, start);
        int step = BlockCodes.BlockLength;
        if (memory.FormatOf(0) == SlotFormat.BFloat16)
        {
            // Its random bits are those of 32 elements from a multiple of 32 on.
            step = BFloat16.Group;
            start = Math.Min(end, start + (long)((0 - ((uint)start + memory.FirstIndex)) % (uint)step));
        }

        return (start, start + ((end - start) / step * step));
    }

    /// <summary>Runs a rule over a range (<see cref="RangeOf"/>) on this thread.</summary>
    internal static void Run<T, TRule>(void* rule, in PassMemory<T> memory, long first, long last)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
    {
        switch (memory.FormatOf(0))
        {
            case SlotFormat.BFloat16: RunBFloat16(*(TRule*)rule, memory, first, last); break;
            case SlotFormat.Float8: RunBlocks<T, TRule, Float8Blocks>(*(TRule*)rule, memory, first, last); break;
            default: RunBlocks<T, TRule, Int8Blocks>(*(TRule*)rule, memory, first, last); break;
        }
    }

    private static void RunBFloat16<T, TRule>(in TRule rule, in PassMemory<T> memory, long first, long last)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
    {
        FourSlots<BFloat16Slot<T>> slots = default;
        for (int slot = 0; slot < TRule.SlotCount; slot++)
        {
            slots[slot] = new(
                (ushort*)memory.SlotsIn[slot], (ushort*)memory.SlotsOut[slot],
                RandomBits.Start(((uint)first + memory.FirstIndex) / 2, memory.RandomKey + (uint)slot));
        }

        Loop<T, TRule, BFloat16Slot<T>>(rule, memory, ref slots, first, last);
    }

    private static void RunBlocks<T, TRule, TFormat>(in TRule rule, in PassMemory<T> memory, long first, long last)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
        where TFormat : IBlockFormat
    {
        float* space = stackalloc float[(Stride * Slots<ScalarLane<float>>.Capacity) + CacheLine.Floats];
        float* numbers = CacheLine.Align(space);
        FourSlots<BlockSlot<T, TFormat>> slots = default;
        for (long at = first; at < last; at += BlockCodes.BlockLength)
        {
            long block = (at - memory.FirstBlock) / BlockCodes.BlockLength;
            for (int slot = 0; slot < TRule.SlotCount; slot++)
            {
                slots[slot] = new(
                    (byte*)memory.SlotsIn[slot], ((float*)memory.ScalesIn[slot])[block],
                    numbers + (slot * Stride) - at);
            }

            Loop<T, TRule, BlockSlot<T, TFormat>>(rule, memory, ref slots, at, at + BlockCodes.BlockLength);
            for (int slot = 0; slot < TRule.SlotCount; slot++)
            {
                ((float*)memory.ScalesOut[slot])[block] = TFormat.Encode(
                    numbers + (slot * Stride), slots[slot].Range, (byte*)memory.SlotsOut[slot] + at,
                    BlockCodes.BlockLength,
                    RandomBits.Start((uint)at + memory.FirstIndex, memory.RandomKey + (uint)slot));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Loop<T, TRule, TSlot>(
        in TRule constants, in PassMemory<T> memory, ref FourSlots<TSlot> slots, long first, long last)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
        where TSlot : struct, ICodedSlot<T>
    {
        TRule rule = constants;
        T* parameters = memory.Parameters, updates = memory.Updates, output = memory.Output;
        TSlot slot0 = slots[0], slot1 = slots[1], slot2 = slots[2], slot3 = slots[3];
        for (long at = first; at < last; at += LanePair<T, Lane512<T>>.Width)
        {
            Prefetch.Line(updates + at + Prefetch.Ahead);
            Prefetch.Line(updates + at + Prefetch.Ahead + Lane512<T>.Width);
            Prefetch.Line(parameters + at + Prefetch.Ahead);
            Prefetch.Line(parameters + at + Prefetch.Ahead + Lane512<T>.Width);
            LanePair<T, Lane512<T>> update = LanePair<T, Lane512<T>>.Load(updates + at);
            LanePair<T, Lane512<T>> parameter = LanePair<T, Lane512<T>>.Load(parameters + at);
            Slots<LanePair<T, Lane512<T>>> numbers = default;
            if (TRule.SlotCount > 0) numbers[0] = slot0.Load(at);
            if (TRule.SlotCount > 1) numbers[1] = slot1.Load(at);
            if (TRule.SlotCount > 2) numbers[2] = slot2.Load(at);
            if (TRule.SlotCount > 3) numbers[3] = slot3.Load(at);
            LanePair<T, Lane512<T>>.Store(rule.Apply(parameter, update, ref numbers, first: 0), output + at);
            if (TRule.SlotCount > 0) slot0.Store(numbers[0], at);
            if (TRule.SlotCount > 1) slot1.Store(numbers[1], at);
            if (TRule.SlotCount > 2) slot2.Store(numbers[2], at);
            if (TRule.SlotCount > 3) slot3.Store(numbers[3], at);
        }

        slots[0] = slot0;
        slots[1] = slot1;
        slots[2] = slot2;
        slots[3] = slot3;
    }

    [InlineArray(Slots<ScalarLane<float>>.Capacity)]
    private struct FourSlots<TSlot>
    {
        private TSlot first;
    }
}
