using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>
/// How an optimizer runs over one layout: which leaves take which route through the parts, in stages. A stage begins where a part
/// measures the update of all routes together.
/// </summary>
internal sealed class Plan
{
    private Plan(TreeLayout layout, ImmutableArray<Transform> parts, Treatment[] treatments, Route[] routes)
    {
        Layout = layout;
        Parts = parts;
        Treatments = treatments;
        Routes = routes;
        Frozen = [.. treatments.Where(treatment => treatment.Settings.Frozen).Select(treatment => treatment.Leaf)];
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

    /// <summary>Of every leaf.</summary>
    internal Treatment[] Treatments { get; }

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
        Treatment[] treatments = [.. layout.Leaves.Select(leaf => Treatment.Of(optimizer, parts, leaf))];
        List<List<Treatment>> alike = [];
        foreach (Treatment treatment in treatments.Where(treatment => !treatment.Settings.Frozen && treatment.Leaf.Length > 0))
        {
            List<Treatment>? same = alike.Find(route => route[0].Stops.AsSpan().SequenceEqual(treatment.Stops));
            if (same is null) alike.Add([treatment]);
            else same.Add(treatment);
        }

        int runs = 0, lastStage = parts.Skip(1).Count(part => part.Measures);
        List<Route> routes = [];
        foreach (List<Treatment> taking in alike)
        {
            Route route = Route.Of([.. taking], lastStage) with { FirstRun = runs };
            routes.Add(route);
            runs += route.Runs.Length;
        }

        return new Plan(layout, parts, treatments, [.. routes]);
    }

    private Leaf[] KeptIn(int slot) =>
    [
        .. Frozen,
        .. Routes.Where(route => !route.Passes.Any(pass => pass.Slots.Contains(slot))).SelectMany(route => route.Leaves),
    ];
}
