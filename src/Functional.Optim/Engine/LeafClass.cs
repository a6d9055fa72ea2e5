using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The leaves that go through the same transforms, as segments and as chunks for the threads. Without a
/// <see cref="Partition"/> all leaves that are not frozen form one class.
/// </summary>
internal sealed class LeafClass
{
    internal required PlacedTransform[] Transforms { get; init; }

    /// <summary>The slots of the transforms, as indices into the slots of the state.</summary>
    internal required int[] Slots { get; init; }

    internal required Segment[] Segments { get; init; }

    /// <summary>
    /// The rule and the addresses of each segment. A segment shares the rule of the first segment with the same factors
    /// and starts. In a flat buffer it shares the addresses of the first segment with the same shifts, unless slots have
    /// blocks, which begin where leaves do.
    /// </summary>
    internal required SegmentIndices[] Indices { get; init; }

    internal required Leaf[] Leaves { get; init; }

    /// <summary>The index of the segment of each leaf.</summary>
    internal required int[] SegmentsOfLeaves { get; init; }

    /// <summary>The leaves that padding follows.</summary>
    internal required Leaf[] Padded { get; init; }

    internal required Chunk[] Chunks { get; init; }

    /// <summary>Whether slots have blocks, which begin where leaves do.</summary>
    internal required bool HasBlocks { get; init; }

    /// <summary>The number of elements of all segments.</summary>
    internal required long Length { get; init; }

    /// <summary>The index of the first segment of this class among the segments of all classes.</summary>
    internal required int FirstSegment { get; init; }

    /// <summary>Collects the leaves of a class.</summary>
    internal sealed class Builder
    {
        private readonly List<Segment> segments = [];
        private readonly List<Leaf> leaves = [];
        private readonly List<int> segmentsOfLeaves = [];
        private readonly PlacedTransform[] transforms;
        private readonly int[] slotIndices;
        private readonly bool isScattered;
        private readonly bool hasBlocks;
        private readonly bool leafByLeaf;
        private readonly double[] factors;
        private readonly int[] shifts;
        private readonly nint[] noScales;
        private readonly long[] starts;
        private readonly Dictionary<double[], double[]> knownFactors = new(SameNumbers<double>.Instance);
        private readonly Dictionary<int[], int[]> knownShifts = new(SameNumbers<int>.Instance);
        private readonly Dictionary<long[], long[]> knownStarts = new(SameNumbers<long>.Instance);

        /// <param name="transforms">The transforms.</param>
        /// <param name="isScattered">
        /// Whether each leaf has its own address, so that consecutive leaves are not one range.
        /// </param>
        internal Builder(PlacedTransform[] transforms, bool isScattered)
        {
            this.transforms = transforms;
            this.isScattered = isScattered;
            hasBlocks = transforms.Any(placed => placed.Format.HasBlocks() && placed.SlotNames.Length > 0);
            leafByLeaf = isScattered || hasBlocks || transforms.Any(placed => placed.Transform.LeafByLeaf);
            slotIndices =
                [.. transforms.SelectMany(placed => Enumerable.Range(placed.FirstSlot, placed.SlotNames.Length))];
            factors = new double[transforms.Length];
            shifts = new int[slotIndices.Length];
            noScales = new nint[slotIndices.Length];
            starts = new long[transforms.Length];
        }

        /// <summary>Adds a leaf; leaves come in the order of the layout.</summary>
        internal void Add(Leaf leaf, LeafPlan leafPlan, ImmutableArray<SlotPlan> slots)
        {
            leaves.Add(leaf);
            LeafFactors.Of(leafPlan, leaf, factors);
            for (int slot = 0; slot < slotIndices.Length; slot++) shifts[slot] = slots[slotIndices[slot]].ShiftOf(leaf);
            for (int index = 0; index < transforms.Length; index++)
                starts[index] = SlotPlan.StartOf(slots, transforms[index], leaf);

            int end = leaf.Offset + leaf.Length + (isScattered ? 0 : leaf.Padding);
            if (!leafByLeaf && segments.Count > 0 && segments[^1] is { } last && last.End == leaf.Offset
                && Continues(last))
            {
                segments[^1] = last with { End = end };
                segmentsOfLeaves.Add(segments.Count - 1);
                return;
            }

            segmentsOfLeaves.Add(segments.Count);
            segments.Add(new Segment(
                leaf.Offset,
                end,
                leaf,
                leafPlan.Settings,
                Shared(knownFactors, factors),
                Shared(knownShifts, shifts),
                hasBlocks ? [.. slotIndices.Select(slot => slots[slot].ScalesOf(leaf))] : noScales,
                Shared(knownStarts, starts)));
        }

        internal LeafClass Build(int firstSegment)
        {
            SegmentIndices[] indices = new SegmentIndices[segments.Count];
            Dictionary<(double[] Factors, long[] Starts), int> firstWithRule = [];
            Dictionary<int[], int> firstWithShifts = [];
            List<Chunk> chunks = [];
            long length = 0;
            for (int index = 0; index < segments.Count; index++)
            {
                Segment segment = segments[index];

                // Equal numbers are one array here, so the dictionaries compare references.
                (double[], long[]) constants = (segment.Factors, segment.Starts);
                int rule = firstWithRule.TryAdd(constants, index) ? index : firstWithRule[constants];
                int memory = isScattered || hasBlocks || firstWithShifts.TryAdd(segment.Shifts, index)
                    ? index
                    : firstWithShifts[segment.Shifts];
                indices[index] = new(rule, memory);

                // The start is a long: a segment may end less than a chunk before the largest int.
                for (long start = segment.Start; start < segment.End; start += Chunk.Size)
                    chunks.Add(new Chunk(index, (int)start, (int)Math.Min(Chunk.Size, segment.End - start)));
                length += segment.End - segment.Start;
            }

            return new LeafClass
            {
                Transforms = transforms,
                Slots = slotIndices,
                Segments = [.. segments],
                Indices = indices,
                Leaves = [.. leaves],
                SegmentsOfLeaves = [.. segmentsOfLeaves],
                Padded = [.. leaves.Where(leaf => leaf.Padding > 0)],
                Chunks = [.. chunks],
                HasBlocks = hasBlocks,
                Length = length,
                FirstSegment = firstSegment,
            };
        }

        private bool Continues(Segment segment) =>
            segment.Factors.AsSpan().SequenceEqual(factors)
            && segment.Shifts.AsSpan().SequenceEqual(shifts)
            && segment.Starts.AsSpan().SequenceEqual(starts);

        /// <summary>The known array with these numbers, or a copy that is known from now on.</summary>
        private static TNumber[] Shared<TNumber>(Dictionary<TNumber[], TNumber[]> known, TNumber[] numbers)
            where TNumber : unmanaged
        {
            if (known.TryGetValue(numbers, out TNumber[]? same)) return same;
            TNumber[] copy = [.. numbers];
            known.Add(copy, copy);
            return copy;
        }
    }
}
