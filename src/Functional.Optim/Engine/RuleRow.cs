using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>One rule of a pass and the plain rules around it, with their constants for every segment.</summary>
internal abstract class RuleRow<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal abstract int SlotCount { get; }

    /// <summary>Adds a plain rule after those of a segment; false where the frame has no place left for it.</summary>
    internal abstract bool TryAppend(int segment, PlainRule<T> plain);

    /// <summary>Runs over a range of a segment, whose slots are stored in full.</summary>
    internal abstract void Run(int rule, in PassMemory<T> memory, long start, long end);

    /// <summary>Runs as a whole pass.</summary>
    internal abstract void Execute(PassMemory<T>[] memories, SegmentIndices[] indices, LeafClass leaves);
}

/// <inheritdoc/>
internal sealed class RuleRow<T, TRule>(int segments) : RuleRow<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TRule : unmanaged, IUpdateRule<T>
{
    private readonly FramedRule<T, TRule>[] rules = new FramedRule<T, TRule>[segments];

    internal override int SlotCount => TRule.SlotCount;

    internal void Set(int segment, FramedRule<T, TRule> rule) => rules[segment] = rule;

    internal override bool TryAppend(int segment, PlainRule<T> plain) =>
        rules[segment].TryAppend(plain, out rules[segment]);

    internal override void Run(int rule, in PassMemory<T> memory, long start, long end) =>
        Elementwise.RunRange(rules[rule], memory, start, end, LaneWidths.Resolve(LaneWidth.Best));

    internal override void Execute(PassMemory<T>[] memories, SegmentIndices[] indices, LeafClass leaves) =>
        Elementwise.RunSegments<T, FramedRule<T, TRule>>(rules, memories, indices, leaves.Chunks, leaves.Length);
}
