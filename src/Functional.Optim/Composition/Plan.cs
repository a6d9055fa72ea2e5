using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>
/// How an optimizer runs over one layout: which leaves take which route through the parts, in stages. A stage begins where a part
/// measures the update of all routes together.
/// </summary>
internal sealed class Plan
{
    private Plan(TreeLayout layout, ImmutableArray<Transform> parts, Route[] routes, Leaf[] frozen)
    {
        Layout = layout;
        Parts = parts;
        Routes = routes;
        Frozen = frozen;
        SlotNames = [.. parts.SelectMany(part => part.SlotNames)];
        Runs = [.. routes.SelectMany(route => route.Runs)];
        SharedMeasures = [parts.Length > 0 && parts[0].Measures ? parts[0] : null, .. parts.Skip(1).Where(part => part.Measures)];
        Kept = [.. Enumerable.Range(0, SlotNames.Length).Select(slot => KeptIn(slot))];
        NeedsScratch = routes.Any(route => route.Passes.Length > 1 || route.Passes.Any(pass => pass.Rewrites));
        bool first = true;
        foreach (Route route in routes)
        {
            foreach (Route.Pass pass in route.Passes)
            {
                // What all routes share is measured once, at the start of its stage.
                bool shared = pass.Start < route.Stops.Length && !route.Stops[pass.Start].IsInner && pass.Stage == 0;
                CanFailLate |= pass.Measures && !first && !shared;
                first = false;
            }
        }
    }

    internal TreeLayout Layout { get; }

    internal ImmutableArray<Transform> Parts { get; }

    internal ImmutableArray<string> SlotNames { get; }

    internal Route[] Routes { get; }

    internal Leaf[] Frozen { get; }

    /// <summary>The ranges of all routes, one route after the other.</summary>
    internal Route.LeafRun[] Runs { get; }

    /// <summary>What measures the update of all routes at the start of each stage; only the first stage may have nothing to measure.</summary>
    internal Transform?[] SharedMeasures { get; }

    /// <summary>For each slot the leaves that no part writes there: the frozen ones, and those whose route has fewer slots.</summary>
    internal Leaf[][] Kept { get; }

    internal bool NeedsScratch { get; }

    /// <summary>Whether something is measured after a pass has run, so that the step can fail with slots already written.</summary>
    internal bool CanFailLate { get; }

    internal static Plan Of(Optimizer optimizer, ImmutableArray<Transform> parts, TreeLayout layout)
    {
        List<Leaf> frozen = [];
        List<(Route.Stop[] Stops, List<Leaf> Leaves)> taken = [];
        Dictionary<Leaf, LeafSettings> settings = [];
        int lastStage = parts.Skip(1).Count(part => part.Measures);
        foreach (Leaf leaf in layout.Leaves)
        {
            (Route.Stop[] stops, settings[leaf]) = StopsOf(optimizer, parts, leaf);
            if (settings[leaf].Frozen)
            {
                frozen.Add(leaf);
            }
            else if (leaf.Length > 0)
            {
                int same = taken.FindIndex(route => route.Stops.AsSpan().SequenceEqual(stops));
                if (same < 0) taken.Add((stops, [leaf]));
                else taken[same].Leaves.Add(leaf);
            }
        }

        int runs = 0;
        List<Route> routes = [];
        foreach ((Route.Stop[] stops, List<Leaf> leaves) in taken)
        {
            Route route = Route.Of(stops, [.. leaves], leaf => settings[leaf], lastStage) with { FirstRun = runs };
            routes.Add(route);
            runs += route.Runs.Length;
        }

        return new Plan(layout, parts, [.. routes], [.. frozen]);
    }

    private Leaf[] KeptIn(int slot) =>
    [
        .. Frozen,
        .. Routes.Where(route => !route.Passes.Any(pass => pass.Slots.Contains(slot))).SelectMany(route => route.Leaves),
    ];

    /// <summary>The parts that a leaf goes through, partitions opened, and its settings, those of the partitions' optimizers included.</summary>
    internal static (Route.Stop[] Stops, LeafSettings Settings) StopsOf(Optimizer optimizer, ImmutableArray<Transform> parts, Leaf leaf)
    {
        List<Route.Stop> stops = [];
        LeafSettings settings = optimizer.GroupOf(leaf).Settings;
        int stage = 0, slot = 0;
        for (int part = 0; part < parts.Length; part++)
        {
            if (part > 0 && parts[part].Measures) stage++;
            Add(parts[part], slot, rule: null);
            slot += parts[part].SlotNames.Length;
        }

        return ([.. stops], settings);

        void Add(Transform part, int firstSlot, Partition.Rule? rule)
        {
            if (part is not Partition partition)
            {
                stops.Add(new Route.Stop(part, firstSlot, stage, rule));
            }
            else if (partition.RuleOf(leaf) is { } taken)
            {
                settings = settings.And(taken.Optimizer.GroupOf(leaf).Settings);
                foreach (Transform step in taken.Optimizer.Parts)
                {
                    Add(step, firstSlot, taken);
                    firstSlot += step.SlotNames.Length;
                }
            }
        }
    }
}
