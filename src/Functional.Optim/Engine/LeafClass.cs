using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The leaves that go through the same transforms, as segments and as chunks for the threads. Without a <see cref="Partition"/> all
/// leaves that are not frozen are one class.
/// </summary>
internal sealed class LeafClass
{
    private readonly List<Segment> segments = [];
    private readonly List<Leaf> leaves = [];
    private readonly bool isScattered;
    private readonly bool leafByLeaf;
    private readonly double[] factors;
    private readonly int[] shifts;
    private readonly long[] starts;
    private readonly Dictionary<double[], double[]> knownFactors = new(SameNumbers<double>.Instance);
    private readonly Dictionary<int[], int[]> knownShifts = new(SameNumbers<int>.Instance);
    private readonly Dictionary<long[], long[]> knownStarts = new(SameNumbers<long>.Instance);

    /// <param name="transforms">The transforms.</param>
    /// <param name="isScattered">Whether each leaf lies elsewhere, so that neighbours are no range.</param>
    internal LeafClass(PlacedTransform[] transforms, bool isScattered)
    {
        Transforms = transforms;
        this.isScattered = isScattered;
        leafByLeaf = isScattered || transforms.Any(placed => placed.Transform.LeafByLeaf);
        Slots = [.. transforms.SelectMany(placed => Enumerable.Range(placed.FirstSlot, placed.SlotNames.Length))];
        (factors, shifts, starts) = (new double[transforms.Length], new int[Slots.Length], new long[transforms.Length]);
    }

    internal PlacedTransform[] Transforms { get; }

    /// <summary>The slots of the transforms, as numbered in the state.</summary>
    internal int[] Slots { get; }

    internal Segment[] Segments { get; private set; } = [];

    /// <summary>
    /// The rule and the memory of each segment: those of the first one that has the same factors and starts, and in a flat buffer the same
    /// shifts.
    /// </summary>
    internal SegmentPlace[] Places { get; private set; } = [];

    internal Leaf[] Leaves { get; private set; } = [];

    /// <summary>The leaves with padding after them.</summary>
    internal Leaf[] Padded { get; private set; } = [];

    internal Chunk[] Chunks { get; private set; } = [];

    /// <summary>The elements of all segments.</summary>
    internal long Length { get; private set; }

    /// <summary>Where the segments of this class begin among those of all classes.</summary>
    internal int FirstSegment { get; set; }

    /// <summary>Adds a leaf, in the order of the layout.</summary>
    internal void Add(Leaf leaf, LeafPlan leafPlan, ImmutableArray<SlotPlan> slots)
    {
        leaves.Add(leaf);
        LeafFactors.Of(leafPlan, leaf, factors);
        for (int index = 0; index < Slots.Length; index++) shifts[index] = slots[Slots[index]].ShiftOf(leaf);
        for (int index = 0; index < Transforms.Length; index++)
            starts[index] = SlotPlan.StartOf(slots, Transforms[index], leaf);

        int end = leaf.Offset + leaf.Length + (isScattered ? 0 : leaf.Padding);
        if (!leafByLeaf && segments.Count > 0 && segments[^1] is { } before && before.End == leaf.Offset
            && before.Factors.AsSpan().SequenceEqual(factors) && before.Shifts.AsSpan().SequenceEqual(shifts)
            && before.Starts.AsSpan().SequenceEqual(starts))
        {
            segments[^1] = before with { End = end };
        }
        else
        {
            segments.Add(new Segment(
                leaf.Offset, end, leaf, leafPlan.Settings, Known(knownFactors, factors), Known(knownShifts, shifts), Known(knownStarts, starts)));
        }
    }

    internal void Seal()
    {
        Segments = [.. segments];
        (Leaves, Padded) = ([.. leaves], [.. leaves.Where(leaf => leaf.Padding > 0)]);
        Places = new SegmentPlace[Segments.Length];
        Dictionary<(double[], long[]), int> alike = [];
        Dictionary<int[], int> together = [];
        List<Chunk> chunks = [];
        for (int segment = 0; segment < Segments.Length; segment++)
        {
            // Each array of numbers is there once, so the same numbers are the same array.
            (double[], long[]) treatment = (Segments[segment].Factors, Segments[segment].Starts);
            Places[segment] = new(
                alike.TryAdd(treatment, segment) ? segment : alike[treatment],
                isScattered || together.TryAdd(Segments[segment].Shifts, segment) ? segment : together[Segments[segment].Shifts]);
            // A segment may end less than a chunk before the last number.
            for (long start = Segments[segment].Start; start < Segments[segment].End; start += Chunk.Size)
                chunks.Add(new Chunk(segment, (int)start, (int)Math.Min(Chunk.Size, Segments[segment].End - start)));
            Length += Segments[segment].End - Segments[segment].Start;
        }

        Chunks = [.. chunks];
    }

    /// <summary>The array of these numbers that was there before, or a copy that is from now on.</summary>
    private static TNumber[] Known<TNumber>(Dictionary<TNumber[], TNumber[]> known, TNumber[] numbers)
        where TNumber : unmanaged
    {
        if (known.TryGetValue(numbers, out TNumber[]? same)) return same;
        TNumber[] copy = [.. numbers];
        known.Add(copy, copy);
        return copy;
    }
}
