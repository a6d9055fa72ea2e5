using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim;

/// <summary>
/// How an optimizer runs over one layout: which leaves take which route through the parts, in stages. A stage begins where a part
/// measures the update of all routes together.
/// </summary>
/// <remarks>It refers to the leaves but not to the layout, which may be collected while the optimizer lives.</remarks>
internal sealed class Plan
{
    private readonly int passCount;

    /// <summary>The workspaces that no step uses, for each element type and each way to end.</summary>
    private readonly Stack<object>[] idle = [[], [], [], []];

    private Plan(ImmutableArray<Transform> parts, Treatment[] treatments, Route[] routes)
    {
        Treatments = treatments;
        Routes = routes;
        Frozen = [.. treatments.Where(treatment => treatment.Settings.Frozen).Select(treatment => treatment.Leaf)];
        SlotNames = [.. parts.SelectMany(part => part.SlotNames)];
        Runs = [.. routes.SelectMany(route => route.Runs)];
        SharedMeasures = [parts.Length > 0 && parts[0].Measures ? parts[0] : null, .. parts.Skip(1).Where(part => part.Measures)];
        Kept = [.. Enumerable.Range(0, SlotNames.Length).Select(slot => KeptIn(slot))];
        passCount = routes.Sum(route => route.Passes.Length);
        NeedsScratch = routes.Any(route => route.Passes.Length > 1 || route.Passes.Any(pass => pass.Rewrites));
        Rewrites = routes.Any(route => route.Passes.Any(pass => pass.Rewrites));
        AsksLate = routes.Any(route => route.Passes.Any(pass => pass.IsLate));
    }

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

    /// <summary>Whether a part rewrites the update, into memory that is not the gradients': it may fail half-way.</summary>
    internal bool Rewrites { get; }

    /// <summary>Whether a part is asked after a pass has run, so that the step can fail when others have written already.</summary>
    internal bool AsksLate { get; }

    internal static Plan Of(Optimizer optimizer, ImmutableArray<Transform> parts, TreeLayout layout)
    {
        Treatment[] treatments = [.. layout.Leaves.Select(leaf => Treatment.Of(optimizer, parts, leaf))];
        List<List<Treatment>> alike = [];
        Dictionary<Route.Stop[], List<Treatment>> byStops = new(new SameStops());
        foreach (Treatment treatment in treatments.Where(treatment => !treatment.Settings.Frozen && treatment.Leaf.Length > 0))
        {
            if (!byStops.TryGetValue(treatment.Stops, out List<Treatment>? same))
            {
                byStops.Add(treatment.Stops, same = []);
                alike.Add(same);
            }

            same.Add(treatment);
        }

        int runs = 0, passes = 0, lastStage = parts.Skip(1).Count(part => part.Measures);
        List<Route> routes = [];
        foreach (List<Treatment> taking in alike)
        {
            Route route = Route.Of([.. taking], lastStage) with { FirstRun = runs, FirstPass = passes };
            routes.Add(route);
            runs += route.Runs.Length;
            passes += route.Passes.Length;
        }

        return new Plan(parts, treatments, [.. routes]);
    }

    /// <summary>A workspace for one step, to be given back; steps at once, or one within another, have one each.</summary>
    internal Workspace<T> Rent<T>(PassEnd ending)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Stack<object> workspaces = Idle<T>(ending);
        lock (workspaces)
        {
            if (workspaces.TryPop(out object? workspace)) return (Workspace<T>)workspace;
        }

        return new Workspace<T>(Runs.Length, passCount);
    }

    internal void GiveBack<T>(Workspace<T> workspace, PassEnd ending)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Stack<object> workspaces = Idle<T>(ending);
        lock (workspaces) workspaces.Push(workspace);
    }

    private Stack<object> Idle<T>(PassEnd ending) => idle[(typeof(T) == typeof(float) ? 0 : 2) + (ending == PassEnd.Deltas ? 1 : 0)];

    private Leaf[] KeptIn(int slot) =>
    [
        .. Frozen,
        .. Routes.Where(route => !route.Passes.Any(pass => pass.Slots.Contains(slot))).SelectMany(route => route.Leaves),
    ];

    /// <summary>Whether two leaves go through the very same parts, by way of the same rules of partitions.</summary>
    private sealed class SameStops : IEqualityComparer<Route.Stop[]>
    {
        public bool Equals(Route.Stop[]? left, Route.Stop[]? right)
        {
            if (left!.Length != right!.Length) return false;
            for (int stop = 0; stop < left.Length; stop++)
            {
                if (!ReferenceEquals(left[stop].Part, right[stop].Part) || !ReferenceEquals(left[stop].Rule, right[stop].Rule)) return false;
            }

            return true;
        }

        public int GetHashCode(Route.Stop[] stops)
        {
            HashCode hash = default;
            foreach (Route.Stop stop in stops) hash.Add(HashCode.Combine(RuntimeHelpers.GetHashCode(stop.Part), RuntimeHelpers.GetHashCode(stop.Rule)));
            return hash.ToHashCode();
        }
    }
}
