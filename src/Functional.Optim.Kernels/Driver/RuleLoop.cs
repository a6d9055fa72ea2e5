using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Rules of one type as their address and the loop that runs them, so that the type is not part of the types of those
/// who call it: checks, chunks and threads are compiled once, not once for each rule.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
internal readonly unsafe struct RuleLoop<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly byte* rules;
    private readonly int size;
    private readonly delegate*<void*, in PassMemory<T>, long, long, LaneWidth, void> run;
    private readonly delegate*<void*, in PassMemory<T>, long, long, void> runCoded;

    private RuleLoop(
        byte* rules, int size, int slotCount,
        delegate*<void*, in PassMemory<T>, long, long, LaneWidth, void> run,
        delegate*<void*, in PassMemory<T>, long, long, void> runCoded)
    {
        this.rules = rules;
        this.size = size;
        this.run = run;
        this.runCoded = runCoded;
        SlotCount = slotCount;
    }

    /// <summary>The number of slots of each rule.</summary>
    internal int SlotCount { get; }

    /// <summary>The loop of rules, whose memory must stay where it is as long as the loop is used.</summary>
    internal static RuleLoop<T> Of<TRule>(TRule* rules)
        where TRule : unmanaged, IUpdateRule<T> =>
        new(
            (byte*)rules, Unsafe.SizeOf<TRule>(), TRule.SlotCount, &Run<TRule>,
            RuntimeFeature.IsDynamicCodeSupported ? &CodedLoop.Run<T, TRule> : null);

    /// <summary>Runs a rule over the indices [start, end), whatever the formats of its slots, on this thread.</summary>
    internal void Run(int index, in PassMemory<T> memory, long start, long end, LaneWidth width)
    {
        byte* rule = rules + ((nint)index * size);
        if (memory.Formats == 0) RunPlain(rule, memory, start, end, width);
        else RunCoded(rule, memory, start, end, width);
    }

    /// <summary>Runs a rule whose slots have formats. Not inlined: the others would pay for its variables.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunCoded(byte* rule, in PassMemory<T> memory, long start, long end, LaneWidth width)
    {
        (long first, long last) = CodedLoop.RangeOf(memory, SlotCount, start, end, width);
        RunDecoded(rule, memory, start, first, width);
        if (first < last) runCoded(rule, memory, first, last);
        RunDecoded(rule, memory, last, end, width);
    }

    private void RunPlain(byte* rule, in PassMemory<T> memory, long start, long end, LaneWidth width)
    {
        run(rule, memory, start, end, width);
        if (memory.ClearsUnderflow) Underflow.Clear(memory, SlotCount, start, end, width);
    }

    private void RunDecoded(byte* rule, in PassMemory<T> memory, long start, long end, LaneWidth width)
    {
        const int length = CodedPiece.MaxLength;
        T* buffer = stackalloc T[SlotFormats.BufferLength];
        for (long at = start; at < end; at += length)
        {
            long stop = Math.Min(at + length, end);
            PassMemory<T> decoded = SlotFormats.Decode(memory, SlotCount, at, stop, buffer);
            RunPlain(rule, decoded, at, stop, width);
            SlotFormats.Encode(memory, SlotCount, at, stop, buffer);
        }
    }

    private static void Run<TRule>(void* rule, in PassMemory<T> memory, long start, long end, LaneWidth width)
        where TRule : unmanaged, IUpdateRule<T> =>
        Elementwise.RunRange(*(TRule*)rule, memory, start, end, width);
}
