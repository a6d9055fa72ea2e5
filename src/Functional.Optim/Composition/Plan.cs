using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>How an optimizer runs over one layout: its parts, the runs of leaves with equal settings, the chunks, the passes.</summary>
internal sealed class Plan
{
    private Plan(TreeLayout layout, ImmutableArray<Transform> parts, LeafRun[] runs, Chunk[] chunks, Pass[] passes, Leaf[] frozen)
    {
        Layout = layout;
        Parts = parts;
        Runs = runs;
        Chunks = chunks;
        Passes = passes;
        Frozen = frozen;
        SlotNames = [.. parts.SelectMany(part => part.SlotNames)];
    }

    internal TreeLayout Layout { get; }

    internal ImmutableArray<Transform> Parts { get; }

    internal ImmutableArray<string> SlotNames { get; }

    internal LeafRun[] Runs { get; }

    internal Chunk[] Chunks { get; }

    internal Pass[] Passes { get; }

    internal Leaf[] Frozen { get; }

    internal int SlotCount { get; private init; }

    /// <summary>Whether a pass behind the first asks for a norm, so that the step can fail with slots already written.</summary>
    internal bool CanFailLate { get; private init; }

    internal static Plan Of(Optimizer optimizer, ImmutableArray<Transform> parts, TreeLayout layout)
    {
        List<LeafRun> runs = [];
        List<Chunk> chunks = [];
        List<Leaf> frozen = [];
        foreach (Leaf leaf in layout.Leaves)
        {
            LeafSettings settings = optimizer.GroupOf(leaf).Settings;
            if (settings.Frozen)
            {
                frozen.Add(leaf);
                continue;
            }

            if (leaf.Length == 0) continue;
            double[] factors = [.. parts.Select(part => part.FactorOf(leaf, settings))];
            int length = (leaf.Length + TreeLayout.Alignment - 1) / TreeLayout.Alignment * TreeLayout.Alignment;
            if (runs.Count > 0 && runs[^1].End == leaf.Offset && runs[^1].Factors.AsSpan().SequenceEqual(factors))
                runs[^1] = runs[^1] with { End = leaf.Offset + length };
            else
                runs.Add(new LeafRun(leaf.Offset, leaf.Offset + length, factors));
        }

        for (int run = 0; run < runs.Count; run++)
        {
            for (int start = runs[run].Start; start < runs[run].End; start += Chunk.Size)
                chunks.Add(new Chunk(run, start, Math.Min(Chunk.Size, runs[run].End - start)));
        }

        List<Pass> passes = PassesOf(parts);
        return new Plan(layout, parts, [.. runs], [.. chunks], [.. passes], [.. frozen])
        {
            SlotCount = parts.Sum(part => part.SlotNames.Length),
            CanFailLate = passes.Skip(1).Any(pass => pass.NeedsNorm),
        };
    }

    /// <summary>A new pass begins where a norm is needed behind other parts, and where one pass would have too many slots.</summary>
    private static List<Pass> PassesOf(ImmutableArray<Transform> parts)
    {
        List<Pass> passes = [];
        int start = 0, firstSlot = 0, slots = 0;
        for (int part = 0; part < parts.Length; part++)
        {
            int count = parts[part].SlotNames.Length;
            if (part > start && (parts[part].NeedsNorm || slots + count > Slots<ScalarLane<float>>.Capacity))
            {
                passes.Add(new Pass(start, part, firstSlot, slots, parts[start].NeedsNorm));
                (start, firstSlot, slots) = (part, firstSlot + slots, 0);
            }

            slots += count;
        }

        passes.Add(new Pass(start, parts.Length, firstSlot, slots, parts.Length > 0 && parts[start].NeedsNorm));
        return passes;
    }

    /// <summary>Neighbouring leaves with the same factors, as one range of the flat buffer.</summary>
    internal sealed record LeafRun(int Start, int End, double[] Factors);

    /// <summary>Parts [Start, End) in one loop, with their slots.</summary>
    internal readonly record struct Pass(int Start, int End, int FirstSlot, int SlotCount, bool NeedsNorm);
}
