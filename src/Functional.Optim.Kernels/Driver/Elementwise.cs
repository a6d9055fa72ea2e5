using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// The one loop of the library: runs a rule over parameters, updates and slots in one pass over memory, at the widest vector the
/// hardware has and on several threads when the arrays are long. The bits depend neither on width nor on threads.
/// </summary>
public static unsafe class Elementwise
{
    /// <summary>Above this many bytes written, arrays other than the inputs are written past the cache.</summary>
    private const long NonTemporalThreshold = 16L << 20;

    /// <summary>Runs a rule over spans. Outputs may be the inputs themselves, but not overlap them otherwise.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TRule">The rule, often a <see cref="Then{T, TFirst, TSecond}"/>.</typeparam>
    /// <param name="rule">The rule with its constants.</param>
    /// <param name="parameters">θ, length n.</param>
    /// <param name="updates">The gradient, or the update so far; length n.</param>
    /// <param name="output">Where what the last rule hands on goes (the new parameters after <see cref="ApplyRule{T}"/>); length n.</param>
    /// <param name="slots">The state before the step; each of length n.</param>
    /// <param name="newSlots">The state after the step; each of length n.</param>
    /// <param name="width">The lane width; any gives the same bits.</param>
    /// <exception cref="ArgumentException">Lengths differ, or an output overlaps an input without being it.</exception>
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
        int length = parameters.Length;
        RequireLength(updates.Length, length, nameof(updates));
        RequireLength(output.Length, length, nameof(output));
        RequireApart(output, parameters, nameof(output));
        RequireApart(output, updates, nameof(output));
        for (int slot = 0; slot < TRule.SlotCount; slot++)
        {
            RequireLength(slots[slot].Length, length, nameof(slots));
            RequireLength(newSlots[slot].Length, length, nameof(newSlots));
            RequireApart(newSlots[slot], slots[slot], nameof(newSlots));
            RequireApart(newSlots[slot], parameters, nameof(newSlots));
            RequireApart(newSlots[slot], updates, nameof(newSlots));
            RequireApart<T>(output, slots[slot], nameof(output));
            RequireApart<T>(output, newSlots[slot], nameof(output));
        }

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
            RunBlocks(&constants, null, 0, length, memory, width);
        }
    }

    /// <summary>Runs over chunks that may have different rules; without chunks over [0, length) with the first rule.</summary>
    internal static void RunBlocks<T, TRule>(
        TRule* rules, Chunk* chunks, int chunkCount, int length, PassMemory<T> memory, LaneWidth width = LaneWidth.Best)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
    {
        memory.NonTemporal = memory.Output != memory.Parameters && memory.Output != memory.Updates
            && (long)length * sizeof(T) * (1 + TRule.SlotCount) > NonTemporalThreshold;
        Body<T, TRule> body = new(rules, chunks, length, memory, LaneWidths.Resolve(width));
        int count = chunks is null ? (length + Chunk.Size - 1) / Chunk.Size : chunkCount;
        if (length < Chunk.ParallelThreshold)
        {
            for (int index = 0; index < count; index++) body.Run(index);
        }
        else
        {
            ParallelFor.Run(count, body);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Loop<T, TRule, TLane>(in TRule constants, in PassMemory<T> memory, int start, int end)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
        where TLane : struct, ILane<TLane, T>
    {
        TRule rule = constants;
        T* parameters = memory.Parameters;
        T* updates = memory.Updates;
        T* output = memory.Output;
        T* in0 = memory.SlotIn(0), in1 = memory.SlotIn(1), in2 = memory.SlotIn(2), in3 = memory.SlotIn(3);
        T* out0 = memory.SlotOut(0), out1 = memory.SlotOut(1), out2 = memory.SlotOut(2), out3 = memory.SlotOut(3);
        long index = start;
        long vectorEnd = end - TLane.Width;
        if (memory.NonTemporal && TLane.Width > 1 && SameAlignment(output, out0, out1, out2, out3))
        {
            long aligned = Math.Min(end, index + Distance(output + index));
            for (; index < aligned; index++)
                One<ScalarLane<T>>(rule, index, parameters, updates, output, in0, in1, in2, in3, out0, out1, out2, out3, false);
            for (; index <= vectorEnd; index += TLane.Width)
                One<TLane>(rule, index, parameters, updates, output, in0, in1, in2, in3, out0, out1, out2, out3, true);
        }
        else
        {
            for (; index <= vectorEnd; index += TLane.Width)
                One<TLane>(rule, index, parameters, updates, output, in0, in1, in2, in3, out0, out1, out2, out3, false);
        }

        for (; index < end; index++)
            One<ScalarLane<T>>(rule, index, parameters, updates, output, in0, in1, in2, in3, out0, out1, out2, out3, false);
        if (memory.NonTemporal) Thread.MemoryBarrier();

        // Static, with everything passed: a captured variable lives in memory and is read again for every vector.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void One<TAt>(
            in TRule rule, long at, T* parameters, T* updates, T* output,
            T* in0, T* in1, T* in2, T* in3, T* out0, T* out1, T* out2, T* out3, bool nonTemporal)
            where TAt : struct, ILane<TAt, T>
        {
            Slots<TAt> slots = new(
                TRule.SlotCount > 0 ? TAt.Load(in0 + at) : default,
                TRule.SlotCount > 1 ? TAt.Load(in1 + at) : default,
                TRule.SlotCount > 2 ? TAt.Load(in2 + at) : default,
                TRule.SlotCount > 3 ? TAt.Load(in3 + at) : default);
            Updated<TAt> updated = rule.Apply(TAt.Load(parameters + at), TAt.Load(updates + at), slots);
            Put(updated.Update, output + at, nonTemporal);
            if (TRule.SlotCount > 0) Put(updated.Slots.First, out0 + at, nonTemporal);
            if (TRule.SlotCount > 1) Put(updated.Slots.Second, out1 + at, nonTemporal);
            if (TRule.SlotCount > 2) Put(updated.Slots.Third, out2 + at, nonTemporal);
            if (TRule.SlotCount > 3) Put(updated.Slots.Fourth, out3 + at, nonTemporal);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Put<TAt>(TAt value, T* destination, bool nonTemporal)
            where TAt : struct, ILane<TAt, T>
        {
            if (nonTemporal) TAt.StoreNonTemporal(value, destination);
            else TAt.Store(value, destination);
        }

        static bool SameAlignment(T* output, T* out0, T* out1, T* out2, T* out3)
        {
            long misaligned = (long)output & 63;
            return misaligned % sizeof(T) == 0
                && (TRule.SlotCount < 1 || ((long)out0 & 63) == misaligned)
                && (TRule.SlotCount < 2 || ((long)out1 & 63) == misaligned)
                && (TRule.SlotCount < 3 || ((long)out2 & 63) == misaligned)
                && (TRule.SlotCount < 4 || ((long)out3 & 63) == misaligned);
        }

        static long Distance(T* address) => ((64 - ((long)address & 63)) & 63) / sizeof(T);
    }

    private static void RequireLength(int actual, int expected, string name)
    {
        if (actual != expected)
            throw new ArgumentException($"{name} has length {actual}; the parameters have length {expected}.", name);
    }

    private static void RequireApart<T>(ReadOnlySpan<T> output, ReadOnlySpan<T> input, string name)
    {
        if (output.Overlaps(input, out int offset) && offset != 0)
            throw new ArgumentException($"{name} overlaps another span by an offset of {offset} elements; it may be that span or apart from it.", name);
    }

    private readonly struct Body<T, TRule>(TRule* rules, Chunk* chunks, int length, PassMemory<T> memory, LaneWidth width) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : unmanaged, IUpdateRule<T>
    {
        private readonly TRule* rules = rules;
        private readonly Chunk* chunks = chunks;
        private readonly PassMemory<T> memory = memory;

        public void Run(int index)
        {
            Chunk chunk = chunks is null
                ? new Chunk(0, index * Chunk.Size, Math.Min(Chunk.Size, length - (index * Chunk.Size)))
                : chunks[index];
            ref readonly TRule rule = ref rules[chunk.Rule];
            int end = chunk.Start + chunk.Length;
            switch (width)
            {
                case LaneWidth.Bits512: Loop<T, TRule, Lane512<T>>(rule, memory, chunk.Start, end); break;
                case LaneWidth.Bits256: Loop<T, TRule, Lane256<T>>(rule, memory, chunk.Start, end); break;
                case LaneWidth.Bits128: Loop<T, TRule, Lane128<T>>(rule, memory, chunk.Start, end); break;
                default: Loop<T, TRule, ScalarLane<T>>(rule, memory, chunk.Start, end); break;
            }
        }
    }
}
