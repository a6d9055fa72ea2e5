using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The parts that some leaves go through, and the passes they make of it. Without a <see cref="Partition"/> all leaves take one route.
/// </summary>
internal sealed record Route(Route.Stop[] Stops, Leaf[] Leaves, Route.LeafRun[] Runs, Chunk[] Chunks, Route.Pass[] Passes)
{
    /// <summary>Where the runs of this route begin among those of all routes.</summary>
    internal int FirstRun { get; init; }

    /// <summary>Where the passes of this route begin among those of all routes.</summary>
    internal int FirstPass { get; init; }

    /// <summary>
    /// How many rules one loop has at the most: the compiler makes fast code of about a dozen, and its work and its stack grow with each.
    /// </summary>
    private const int MostRules = 12;

    /// <summary>A part with the place of its slots in the state, the stage it belongs to, and the rule of a partition that put it there.</summary>
    internal readonly record struct Stop(Transform Part, int FirstSlot, int Stage, Partition.Rule? Rule)
    {
        internal bool IsInner => Rule is not null;
    }

    /// <summary>Neighbouring leaves with the same factors, as one range of the flat buffer; the first of them and its settings.</summary>
    internal sealed record LeafRun(int Start, int End, Leaf Leaf, LeafSettings Settings, double[] Factors);

    /// <summary>
    /// Stops [Start, End) in one loop, with their slots; the first may measure or rewrite the update before. What it measures or rewrites
    /// is there before the step begins only in the first pass of a route, which gets the gradients themselves.
    /// </summary>
    internal sealed record Pass(int Start, int End, int Stage, int[] Slots, bool Measures, bool Rewrites, bool IsFirst)
    {
        /// <summary>Whether its parts have to be asked when others have written already.</summary>
        internal bool IsLate => !IsFirst && (Measures || Rewrites);
    }

    /// <summary>The route of leaves whose treatments have the same stops.</summary>
    internal static Route Of(Treatment[] treatments, int lastStage)
    {
        Stop[] stops = treatments[0].Stops;
        bool leafByLeaf = stops.Any(stop => stop.Part.LeafByLeaf);
        List<LeafRun> runs = [];
        foreach (Treatment treatment in treatments)
        {
            Leaf leaf = treatment.Leaf;
            double[] factors = treatment.Factors();
            int length = (leaf.Length + TreeLayout.Alignment - 1) / TreeLayout.Alignment * TreeLayout.Alignment;
            if (!leafByLeaf && runs.Count > 0 && runs[^1].End == leaf.Offset && runs[^1].Factors.AsSpan().SequenceEqual(factors))
                runs[^1] = runs[^1] with { End = leaf.Offset + length };
            else
                runs.Add(new LeafRun(leaf.Offset, leaf.Offset + length, leaf, treatment.Settings, factors));
        }

        List<Chunk> chunks = [];
        for (int run = 0; run < runs.Count; run++)
        {
            // A run may end less than a chunk before the last number.
            for (long start = runs[run].Start; start < runs[run].End; start += Chunk.Size)
                chunks.Add(new Chunk(run, (int)start, (int)Math.Min(Chunk.Size, runs[run].End - start)));
        }

        return new Route(stops, [.. treatments.Select(treatment => treatment.Leaf)], [.. runs], [.. chunks], [.. PassesOf(stops, lastStage)]);
    }

    /// <summary>
    /// A new pass begins with a stage, where a part measures or rewrites, and where one pass would have too many slots or rules. A stage that
    /// needs the update of all routes written finds it so: a route without parts until then has a pass of none.
    /// </summary>
    private static List<Pass> PassesOf(Stop[] stops, int lastStage)
    {
        List<Pass> passes = [];
        int start = 0;
        for (int stage = 0; stage <= lastStage; stage++)
        {
            while (start < stops.Length && stops[start].Stage == stage)
            {
                if (Count(start) > Slots<ScalarLane<float>>.Capacity)
                    throw new InvalidOperationException(
                        $"{stops[start].Part} has {Count(start)} slots; a part has 0 to {Slots<ScalarLane<float>>.Capacity}.");
                int end = start;
                List<int> slots = [];
                while (end < stops.Length && stops[end].Stage == stage && end - start < MostRules
                    && (end == start || !(stops[end].Part.Measures || stops[end].Part.Rewrites || slots.Count + Count(end) > Slots<ScalarLane<float>>.Capacity)))
                {
                    slots.AddRange(Enumerable.Range(stops[end].FirstSlot, Count(end)));
                    end++;
                }

                Transform first = stops[start].Part;
                passes.Add(new Pass(start, end, stage, [.. slots], first.Measures, first.Rewrites, IsFirst: passes.Count == 0));
                start = end;
            }

            if (passes.Count == 0) passes.Add(new Pass(start, start, stage, [], Measures: false, Rewrites: false, IsFirst: true));
        }

        return passes;

        int Count(int stop) => stops[stop].Part.SlotNames.Length;
    }
}
