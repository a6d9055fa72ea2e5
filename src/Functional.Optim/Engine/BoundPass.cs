using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>The rules of a fused pass with the constants of every segment, and the addresses that they use.</summary>
internal abstract class BoundPass<T>(LeafClass leaves)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    protected LeafClass Leaves => leaves;

    internal PassMemory<T>[] Memories { get; } = new PassMemory<T>[leaves.Segments.Length];

    /// <summary>The rule and the addresses of each segment.</summary>
    internal SegmentIndices[] Indices { get; } = [.. leaves.Indices];

    internal abstract void Execute();
}

/// <summary>All rules of a pass as one rule, in a single loop.</summary>
internal sealed class FusedRules<T, TRule>(LeafClass leaves) : BoundPass<T>(leaves)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TRule : unmanaged, IUpdateRule<T>
{
    internal TRule[] Rules { get; } = new TRule[leaves.Segments.Length];

    internal override void Execute() =>
        Elementwise.RunSegments<T, TRule>(Rules, Memories, Indices, Leaves.Chunks, Leaves.Length);
}

/// <summary>
/// Runs the rules one after another over blocks that stay in the first-level cache. It is for a runtime that cannot
/// create the type of the fused rule. The operations and the bits are the same.
/// </summary>
internal sealed unsafe class RulesInTurn<T>(LeafClass leaves) : BoundPass<T>(leaves)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Elements per block: what the rules read and write of a block stays in the first-level cache.</summary>
    private const int BlockLength = SlotFormats.BlockLength;

    private readonly List<RuleRow<T>> rows = [];

    internal int Count { get; set; }

    /// <summary>
    /// The row of a rule, created for the first segment; <see langword="null"/> when another
    /// segment has a rule of another type there.
    /// </summary>
    internal RuleRow<T, TRule>? Row<TRule>(int index, int segment)
        where TRule : unmanaged, IUpdateRule<T>
    {
        int segments = Leaves.Segments.Length;
        if (index == rows.Count) rows.Add(new RuleRow<T, TRule>(segments));
        else if (segment == 0 && rows[index] is not RuleRow<T, TRule>) rows[index] = new RuleRow<T, TRule>(segments);
        return rows[index] as RuleRow<T, TRule>;
    }

    internal override void Execute() => ParallelFor.Run(Leaves.Chunks.Length, Leaves.Length, new Body(this));

    private void Run(Chunk chunk)
    {
        const int slotCapacity = Slots<ScalarLane<float>>.Capacity;
        (int rule, int addresses) = Indices[chunk.Segment];
        T* block = stackalloc T[BlockLength], slots = stackalloc T[BlockLength * slotCapacity];
        long end = (long)chunk.Start + chunk.Length;
        for (long start = chunk.Start; start < end; start += BlockLength)
        {
            long stop = Math.Min(start + BlockLength, end);
            PassMemory<T> decoded = SlotFormats.Decode(Memories[addresses], slotCapacity, start, stop, slots);
            int slot = 0;
            for (int row = 0; row < Count; row++)
            {
                PassMemory<T> memory = decoded;
                if (row > 0) memory.Updates = block - start;
                if (row < Count - 1) memory.Output = block - start;
                memory.NonTemporal = false;
                for (int own = 0; own < rows[row].SlotCount; own++, slot++)
                {
                    memory.SlotsIn[own] = decoded.SlotsIn[slot];
                    memory.SlotsOut[own] = decoded.SlotsOut[slot];
                }

                rows[row].Run(rule, memory, start, stop);
            }

            SlotFormats.Encode(Memories[addresses], slotCapacity, start, stop, slots);
        }
    }

    private readonly struct Body(RulesInTurn<T> rules) : IParallelBody
    {
        public void Run(int index) => rules.Run(rules.Leaves.Chunks[index]);
    }
}

/// <summary>One rule of a pass, with its constants for every segment.</summary>
internal abstract class RuleRow<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal abstract int SlotCount { get; }

    internal abstract void Run(int rule, in PassMemory<T> memory, long start, long end);
}

/// <inheritdoc/>
internal sealed class RuleRow<T, TRule>(int segments) : RuleRow<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TRule : unmanaged, IUpdateRule<T>
{
    private readonly TRule[] rules = new TRule[segments];

    internal override int SlotCount => TRule.SlotCount;

    internal ref TRule this[int segment] => ref rules[segment];

    internal override void Run(int rule, in PassMemory<T> memory, long start, long end) =>
        Elementwise.RunRange(rules[rule], memory, start, end, LaneWidths.Resolve(LaneWidth.Best));
}
