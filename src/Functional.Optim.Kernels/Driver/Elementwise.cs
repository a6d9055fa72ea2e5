using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// The one loop of the library: runs a rule over parameters, updates and slots in one pass over memory, at the widest vector the
/// hardware has and on several threads when the arrays are long. The bits depend neither on width nor on threads.
/// </summary>
public static unsafe class Elementwise
{
    /// <summary>
    /// Runs a rule over spans. What is written lies apart from all else that is written, and apart from what is read or exactly upon it.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TRule">The rule, often a <see cref="Then{T, TFirst, TSecond}"/>.</typeparam>
    /// <param name="rule">The rule with its constants.</param>
    /// <param name="parameters">θ, length n.</param>
    /// <param name="updates">The gradient, or the update so far; length n.</param>
    /// <param name="output">Where what the last rule passes on goes (the new parameters after <see cref="ApplyRule{T}"/>); length n.</param>
    /// <param name="slots">The state before the step; each of length n.</param>
    /// <param name="newSlots">The state after the step; each of length n.</param>
    /// <param name="width">The lane width; any gives the same bits.</param>
    /// <exception cref="ArgumentException">
    /// Lengths differ, an output overlaps an input without being it or another output, or the rule has more than four slots.
    /// </exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public static void Run<T, TRule>(
        in TRule rule,
        ReadOnlySpan<T> parameters,
        ReadOnlySpan<T> updates,
        Span<T> output,
        ReadOnlySlotSpans<T> slots = default,
        SlotSpans<T> newSlots = default,
        LaneWidth width = LaneWidth.Best)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
    {
        ElementType.Require<T>();
        int length = parameters.Length;
        if (TRule.SlotCount > Slots<ScalarLane<T>>.Capacity)
            throw new ArgumentException($"The rule has {TRule.SlotCount} slots; a pass has 0 to {Slots<ScalarLane<T>>.Capacity}.", nameof(rule));
        RequireLength(updates.Length, length, nameof(updates));
        RequireLength(output.Length, length, nameof(output));
        for (int slot = 0; slot < TRule.SlotCount; slot++)
        {
            RequireLength(slots[slot].Length, length, nameof(slots), slot);
            RequireLength(newSlots[slot].Length, length, nameof(newSlots), slot);
        }

        RequireApart(output, -1, TRule.SlotCount, parameters, updates, slots, newSlots);
        for (int slot = 0; slot < TRule.SlotCount; slot++)
            RequireApart(newSlots[slot], slot, TRule.SlotCount, parameters, updates, slots, newSlots);
        fixed (T* parameter = parameters, update = updates, result = output)
        fixed (T* in0 = slots.First, in1 = slots.Second, in2 = slots.Third, in3 = slots.Fourth)
        fixed (T* out0 = newSlots.First, out1 = newSlots.Second, out2 = newSlots.Third, out3 = newSlots.Fourth)
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
            TRule constants = rule;
            memory.AvoidCache(length, TRule.SlotCount);
            if (length < Chunk.ParallelThreshold)
            {
                RunRange(constants, memory, 0, length, LaneWidths.Resolve(width));
            }
            else
            {
                ParallelFor.Run((int)(((long)length + Chunk.Size - 1) / Chunk.Size), new Slices<T, TRule>(&constants, length, memory, LaneWidths.Resolve(width)));
            }

            Settle(memory.NonTemporal);
        }
    }

    /// <summary>
    /// Runs over chunks of segments. Short passes stay on the calling thread.
    /// </summary>
    /// <param name="rules">The rules: the same type, other constants.</param>
    /// <param name="memories">The addresses.</param>
    /// <param name="places">Which rule and which addresses each segment has.</param>
    /// <param name="chunks">The ranges to work on.</param>
    /// <param name="length">How many elements the chunks have together.</param>
    internal static void RunSegments<T, TRule>(
        ReadOnlySpan<TRule> rules, ReadOnlySpan<PassMemory<T>> memories, ReadOnlySpan<SegmentPlace> places, ReadOnlySpan<Chunk> chunks, long length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
    {
        fixed (TRule* rule = rules)
        fixed (PassMemory<T>* memory = memories)
        fixed (SegmentPlace* place = places)
        fixed (Chunk* chunk = chunks)
        {
            Segments<T, TRule> body = new(rule, memory, place, chunk, LaneWidths.Resolve(LaneWidth.Best));
            ParallelFor.Run(chunks.Length, length, body);
        }

        Settle(memories.Length > 0 && memories[0].NonTemporal);
    }

    /// <summary>
    /// What was written past the cache by this thread is seen by whoever sees what it writes next. Other threads of a loop did so when they
    /// said that they are through.
    /// </summary>
    private static void Settle(bool nonTemporal)
    {
        if (nonTemporal) Thread.MemoryBarrier();
    }

    /// <summary>Runs a rule over the indices [start, end) on the calling thread.</summary>
    internal static void RunRange<T, TRule>(in TRule rule, in PassMemory<T> memory, long start, long end, LaneWidth width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
    {
        switch (width)
        {
            case LaneWidth.Bits512: Range<T, TRule, Lane512<T>>(rule, memory, start, end); break;
            case LaneWidth.Bits256: Range<T, TRule, Lane256<T>>(rule, memory, start, end); break;
            case LaneWidth.Bits128: Range<T, TRule, Lane128<T>>(rule, memory, start, end); break;
            default: Range<T, TRule, ScalarLane<T>>(rule, memory, start, end); break;
        }
    }

    /// <summary>
    /// Pairs of lanes, then a lane, then what is left as scalars; past the cache, scalars also lead up to the first aligned address. A loop
    /// that has nothing to do is not called, so that it need not be compiled either.
    /// </summary>
    private static void Range<T, TRule, TLane>(in TRule rule, in PassMemory<T> memory, long start, long end)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
        where TLane : struct, ILane<TLane, T>
    {
        if (memory.NonTemporal && TLane.Width > 1 && memory.SameAlignment(TRule.SlotCount))
        {
            long aligned = Math.Min(end, start + memory.ElementsToAlignment(start));
            if (start < aligned) Loop<T, TRule, ScalarLane<T>, Cached>(rule, memory, start, aligned);
            start = Loop<T, TRule, LanePair<T, TLane>, PastTheCache>(rule, memory, aligned, end);
        }

        if (end - start >= LanePair<T, TLane>.Width) start = Loop<T, TRule, LanePair<T, TLane>, Cached>(rule, memory, start, end);
        if (end - start >= TLane.Width) start = Loop<T, TRule, TLane, Cached>(rule, memory, start, end);
        if (start < end) Loop<T, TRule, ScalarLane<T>, Cached>(rule, memory, start, end);
    }

    /// <summary>Whole lanes from a start; returns where it stopped. One place of the rule per method keeps the JIT within its inlining budget.</summary>
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

    private static void RequireLength(int actual, int expected, string name, int? slot = null)
    {
        if (actual != expected)
            throw new ArgumentException($"{name}{(slot is null ? "" : $", slot {slot},")} has length {actual}; the parameters have length {expected}.", name);
    }

    /// <summary>A span that is written, the output (−1) or that of a new slot, against all that is read and the new slots after it.</summary>
    private static void RequireApart<T>(
        Span<T> written, int which, int count,
        ReadOnlySpan<T> parameters, ReadOnlySpan<T> updates, ReadOnlySlotSpans<T> slots, SlotSpans<T> newSlots)
    {
        if (written.Overlaps(parameters, out int offset) && offset != 0) throw Overlap(which, nameof(parameters), offset);
        if (written.Overlaps(updates, out offset) && offset != 0) throw Overlap(which, nameof(updates), offset);
        for (int slot = 0; slot < count; slot++)
        {
            if (written.Overlaps(slots[slot], out offset) && offset != 0) throw Overlap(which, $"slot {slot}", offset);
            if (slot > which && written.Overlaps(newSlots[slot], out offset)) throw Overlap(which, $"new slot {slot}", offset);
        }
    }

    private static ArgumentException Overlap(int which, string other, int offset) => new(
        $"{(which < 0 ? "The output" : $"New slot {which}")} overlaps {other} by an offset of {offset} elements; what is written lies apart from "
        + "what else is written, and apart from what is read or exactly upon it.");

    /// <summary>How a lane is written.</summary>
    private interface IStore
    {
        static abstract void Put<T, TLane>(TLane value, T* destination)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TLane : struct, ILane<TLane, T>;
    }

    private readonly struct Cached : IStore
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Put<T, TLane>(TLane value, T* destination)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TLane : struct, ILane<TLane, T> => TLane.Store(value, destination);
    }

    private readonly struct PastTheCache : IStore
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Put<T, TLane>(TLane value, T* destination)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
            where TLane : struct, ILane<TLane, T> => TLane.StoreNonTemporal(value, destination);
    }

    /// <summary>One rule over [0, length), a chunk at a time.</summary>
    private readonly struct Slices<T, TRule>(TRule* rule, int length, PassMemory<T> memory, LaneWidth width) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
    {
        private readonly TRule* rule = rule;
        private readonly PassMemory<T> memory = memory;

        public void Run(int index)
        {
            long start = (long)index * Chunk.Size;
            RunRange(*rule, memory, start, Math.Min(start + Chunk.Size, length), width);
        }
    }

    /// <summary>The chunks of segments.</summary>
    private readonly struct Segments<T, TRule>(
        TRule* rules, PassMemory<T>* memories, SegmentPlace* places, Chunk* chunks, LaneWidth width) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
    {
        private readonly TRule* rules = rules;
        private readonly PassMemory<T>* memories = memories;
        private readonly SegmentPlace* places = places;
        private readonly Chunk* chunks = chunks;

        public void Run(int index)
        {
            Chunk chunk = chunks[index];
            SegmentPlace place = places[chunk.Segment];
            long end = (long)chunk.Start + chunk.Length;
            if (memories[place.Memory].PackedSlots == 0) RunRange(rules[place.Rule], memories[place.Memory], chunk.Start, end, width);
            else SlotFormats.RunRange(rules[place.Rule], memories[place.Memory], chunk.Start, end, width);
        }
    }
}
