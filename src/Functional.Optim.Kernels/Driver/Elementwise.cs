using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// The loop that runs every elementwise rule. One pass over memory reads the parameters, the updates and the slots and
/// writes the output and the new slots, at the widest vector of the hardware, on several threads when the spans are
/// long.
/// </summary>
/// <remarks>
/// The bits depend neither on the vector width nor on the number of threads. Calls from several threads are safe as
/// long as they write different memory.
/// </remarks>
public static unsafe class Elementwise
{
    /// <summary>
    /// Runs a rule over spans. An output may be the same span as an input; otherwise spans must not overlap.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TRule">The rule; for several in turn a <see cref="Then{T, TFirst, TSecond}"/>.</typeparam>
    /// <param name="rule">The rule, with its constants.</param>
    /// <param name="parameters">θ, length n.</param>
    /// <param name="updates">The gradient, or the update that earlier rules made of it; length n.</param>
    /// <param name="output">
    /// What the last rule returns: the new parameters after <see cref="ApplyRule{T}"/>; length n.
    /// </param>
    /// <param name="slots">The slots before the step; each of length n.</param>
    /// <param name="newSlots">The slots after the step; each of length n.</param>
    /// <param name="width">The lane width; any gives the same bits.</param>
    /// <exception cref="ArgumentException">
    /// Lengths differ, spans overlap other than as an output that is exactly an input, or the rule has more than four
    /// slots.
    /// </exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public static void Run<T, TRule>(
        in TRule rule,
        ReadOnlySpan<T> parameters,
        ReadOnlySpan<T> updates,
        Span<T> output,
        in ReadOnlySlotSpans<T> slots = default,
        in SlotSpans<T> newSlots = default,
        LaneWidth width = LaneWidth.Best)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
    {
        fixed (TRule* constants = &rule)
            Run(RuleLoop<T>.Of(constants), parameters, updates, output, slots, newSlots, width);
    }

    private static void Run<T>(
        in RuleLoop<T> rule, ReadOnlySpan<T> parameters, ReadOnlySpan<T> updates, Span<T> output,
        in ReadOnlySlotSpans<T> slots, in SlotSpans<T> newSlots, LaneWidth width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.Require<T>();
        int length = parameters.Length, slotCount = rule.SlotCount;
        if (slotCount > Slots<ScalarLane<T>>.Capacity) throw TooManySlots(slotCount, nameof(rule));
        RequireLength(updates.Length, length, nameof(updates));
        RequireLength(output.Length, length, nameof(output));
        if (slotCount > 0) RequireLengths(slots.First.Length, newSlots.First.Length, length, 0);
        if (slotCount > 1) RequireLengths(slots.Second.Length, newSlots.Second.Length, length, 1);
        if (slotCount > 2) RequireLengths(slots.Third.Length, newSlots.Third.Length, length, 2);
        if (slotCount > 3) RequireLengths(slots.Fourth.Length, newSlots.Fourth.Length, length, 3);

        // References are pinned: for a span the JIT would write both its halves and read them as one, which waits.
        fixed (T* parameter = &Start(parameters), update = &Start(updates), result = &Start(output))
        fixed (T* in0 = &Start(slots.First), in1 = &Start(slots.Second))
        fixed (T* in2 = &Start(slots.Third), in3 = &Start(slots.Fourth))
        fixed (T* out0 = &Start(newSlots.First), out1 = &Start(newSlots.Second))
        fixed (T* out2 = &Start(newSlots.Third), out3 = &Start(newSlots.Fourth))
        {
            PassMemory<T> memory = new() { Parameters = parameter, Updates = update, Output = result };
            memory.SlotsIn[0] = (long)in0;
            memory.SlotsIn[1] = (long)in1;
            memory.SlotsIn[2] = (long)in2;
            memory.SlotsIn[3] = (long)in3;
            memory.SlotsOut[0] = (long)out0;
            memory.SlotsOut[1] = (long)out1;
            memory.SlotsOut[2] = (long)out2;
            memory.SlotsOut[3] = (long)out3;
            RequireNoOverlap(memory, slotCount, length);
            memory.ChooseStores(length, slotCount);
            LaneWidth resolved = LaneWidths.Resolve(width);
            if (length < Chunk.ParallelThreshold) rule.Run(0, memory, 0, length, resolved);
            else RunChunks(rule, memory, length, resolved);
            FenceStores(memory.NonTemporal);
        }

        static ref T Start(ReadOnlySpan<T> span) => ref MemoryMarshal.GetReference(span);
    }

    /// <summary>Runs a rule over long spans. Not inlined: short ones would pay for its variables.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void RunChunks<T>(in RuleLoop<T> rule, in PassMemory<T> memory, int length, LaneWidth width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int count = (int)(((long)length + Chunk.Size - 1) / Chunk.Size);
        ParallelFor.Run(count, new Slices<T>(rule, length, memory, width));
    }

    /// <summary>
    /// Orders the non-temporal stores of this thread before its later stores. Other threads of a loop need no fence:
    /// the interlocked operation that reports the end of their work is one.
    /// </summary>
    internal static void FenceStores(bool nonTemporal)
    {
        if (nonTemporal) Thread.MemoryBarrier();
    }

    /// <summary>Runs a rule over the indices [start, end) on the calling thread.</summary>
    internal static void RunRange<T, TRule>(
        in TRule rule, in PassMemory<T> memory, long start, long end, LaneWidth width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
    {
        switch (LaneWidths.Compiled(width))
        {
            case LaneWidth.Bits512: Range<T, TRule, Lane512<T>>(rule, memory, start, end); break;
            case LaneWidth.Bits256: Range<T, TRule, Lane256<T>>(rule, memory, start, end); break;
            case LaneWidth.Bits128: Range<T, TRule, Lane128<T>>(rule, memory, start, end); break;
            default: Range<T, TRule, ScalarLane<T>>(rule, memory, start, end); break;
        }
    }

    /// <summary>
    /// Runs pairs of lanes, then single lanes, then scalars. With non-temporal stores, scalars also run up to the first
    /// aligned address. A loop without work is not called, so that the JIT need not compile it.
    /// </summary>
    private static void Range<T, TRule, TLane>(in TRule rule, in PassMemory<T> memory, long start, long end)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
        where TLane : struct, ILane<TLane, T>
    {
        if (memory.NonTemporal && TLane.Width > 1 && memory.SameAlignment(TRule.SlotCount))
        {
            long aligned = Math.Min(end, start + memory.ElementsToAlignment(start));
            if (start < aligned) Loop<T, TRule, ScalarLane<T>, TemporalStore>(rule, memory, start, aligned);
            start = Loop<T, TRule, LanePair<T, TLane>, NonTemporalStore>(rule, memory, aligned, end);
        }

        if (end - start >= LanePair<T, TLane>.Width)
            start = Loop<T, TRule, LanePair<T, TLane>, TemporalStore>(rule, memory, start, end);
        if (end - start >= TLane.Width) start = Loop<T, TRule, TLane, TemporalStore>(rule, memory, start, end);
        if (start < end) Loop<T, TRule, ScalarLane<T>, TemporalStore>(rule, memory, start, end);
    }

    /// <summary>
    /// Runs full lanes from a start and returns the index after the last. Each method applies the rule at one place,
    /// which keeps the JIT within its inlining budget.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static long Loop<T, TRule, TLane, TStore>(in TRule constants, in PassMemory<T> memory, long start, long end)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
        where TLane : struct, ILane<TLane, T>
        where TStore : struct, IStore
    {
        TRule rule = constants;
        T* parameters = memory.Parameters, updates = memory.Updates, output = memory.Output;
        T* in0 = memory.SlotIn(0), in1 = memory.SlotIn(1), in2 = memory.SlotIn(2), in3 = memory.SlotIn(3);
        T* out0 = memory.SlotOut(0), out1 = memory.SlotOut(1), out2 = memory.SlotOut(2), out3 = memory.SlotOut(3);
        long at = start;
        for (; at <= end - TLane.Width; at += TLane.Width)
        {
            TLane update = TLane.Load(updates + at), parameter = TLane.Load(parameters + at);
            Slots<TLane> slots = default;
            if (TRule.SlotCount > 0) slots[0] = TLane.Load(in0 + at);
            if (TRule.SlotCount > 1) slots[1] = TLane.Load(in1 + at);
            if (TRule.SlotCount > 2) slots[2] = TLane.Load(in2 + at);
            if (TRule.SlotCount > 3) slots[3] = TLane.Load(in3 + at);
            TStore.Put(rule.Apply(parameter, update, ref slots, first: 0), output + at);
            if (TRule.SlotCount > 0) TStore.Put(slots[0], out0 + at);
            if (TRule.SlotCount > 1) TStore.Put(slots[1], out1 + at);
            if (TRule.SlotCount > 2) TStore.Put(slots[2], out2 + at);
            if (TRule.SlotCount > 3) TStore.Put(slots[3], out3 + at);
        }

        return at;
    }

    private static void RequireLengths(int slots, int newSlots, int expected, int slot)
    {
        RequireLength(slots, expected, nameof(slots), slot);
        RequireLength(newSlots, expected, nameof(newSlots), slot);
    }

    private static void RequireLength(int actual, int expected, string name, int slot = -1)
    {
        if (actual != expected) throw WrongLength(actual, expected, name, slot);
    }

    private static ArgumentException TooManySlots(int count, string name) =>
        new($"The rule has {count} slots; a pass has 0 to {Slots<ScalarLane<float>>.Capacity}.", name);

    private static ArgumentException WrongLength(int actual, int expected, string name, int slot)
    {
        string which = slot < 0 ? "" : $", slot {slot},";
        return new($"{name}{which} has length {actual}; the parameters have length {expected}.", name);
    }

    /// <summary>Checks every output against all inputs, and against the outputs after it.</summary>
    private static void RequireNoOverlap<T>(in PassMemory<T> memory, int slotCount, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        long bytes = (long)length * sizeof(T);
        for (int which = -1; which < slotCount; which++)
        {
            long written = which < 0 ? (long)memory.Output : memory.SlotsOut[which];
            Require(which, (long)memory.Parameters - written, bytes, "parameters");
            Require(which, (long)memory.Updates - written, bytes, "updates");
            for (int slot = 0; slot < slotCount; slot++)
            {
                Require(which, memory.SlotsIn[slot] - written, bytes, "slot", slot);
                long distance = memory.SlotsOut[slot] - written;
                if (slot > which && Overlaps(distance, bytes)) throw Overlap(which, "new slot", slot, distance);
            }
        }

        static bool Overlaps(long distance, long bytes) => distance < bytes && -distance < bytes;

        static void Require(int which, long distance, long bytes, string name, int slot = -1)
        {
            if (distance != 0 && Overlaps(distance, bytes)) throw Overlap(which, name, slot, distance);
        }

        static ArgumentException Overlap(int which, string name, int slot, long distance) => new(
            $"{(which < 0 ? "The output" : $"New slot {which}")} overlaps {name}{(slot < 0 ? "" : $" {slot}")} by an "
            + $"offset of {distance / sizeof(T)} elements; an output may be the same span as an input, "
            + "otherwise spans must not overlap.");
    }

    /// <summary>How a lane is stored.</summary>
    private interface IStore
    {
        static abstract void Put<T, TLane>(TLane value, T* destination)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TLane : struct, ILane<TLane, T>;
    }

    private readonly struct TemporalStore : IStore
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Put<T, TLane>(TLane value, T* destination)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TLane : struct, ILane<TLane, T> => TLane.Store(value, destination);
    }

    private readonly struct NonTemporalStore : IStore
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Put<T, TLane>(TLane value, T* destination)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TLane : struct, ILane<TLane, T> => TLane.StoreNonTemporal(value, destination);
    }

    /// <summary>One rule over [0, length), a chunk at a time.</summary>
    private readonly struct Slices<T>(
        RuleLoop<T> rule, int length, PassMemory<T> memory, LaneWidth width) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly RuleLoop<T> rule = rule;
        private readonly PassMemory<T> memory = memory;

        public void Run(int index)
        {
            long start = (long)index * Chunk.Size;
            rule.Run(0, memory, start, Math.Min(start + Chunk.Size, length), width);
        }
    }
}
