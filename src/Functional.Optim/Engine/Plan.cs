using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>How an optimizer runs over one layout: a list of steps in order, compiled once.</summary>
internal sealed class Plan
{
    private readonly Recycler<object> runs = new(4);
    private readonly Recycler<AlignedBuffer<double>> scratch = new(Environment.ProcessorCount);
    private readonly int maxScratch;

    private Plan(
        Placement placement,
        LeafPlan[] leafPlans,
        Leaf[] frozen,
        LeafClass[] classes,
        StateSchema schema,
        ImmutableArray<SlotPlan> slots,
        ImmutableArray<PlanStep> steps)
    {
        (Placement, LeafPlans, Frozen, Classes) = (placement, leafPlans, frozen, classes);
        (Schema, Slots, Steps) = (schema, slots, steps);
        PassCount = steps.Count(step => step is FusedPass)
            + steps.OfType<MeasureStep>().Sum(step => step.Unwritten.Length);
        MeasuredCount = steps.OfType<MeasureStep>().Sum(step => step.Segments.Length);
        NeedsScratch = steps.Any(step => step is LeafStep or FusedPass { IsLast: false });
        CanThrowLate = steps.Any(step =>
            step is MeasureStep { ReadsGradient: false } or LeafStep { Placed.Transform.CannotThrow: false });
        maxScratch = steps.OfType<LeafStep>()
            .SelectMany(step => step.Class.Leaves.Select(step.Placed.Transform.ScratchLength))
            .Concat(steps.OfType<FusedPass>().Select(pass => pass.Tiles?.ScratchLength ?? 0)).DefaultIfEmpty().Max();
        KeepsGradient = placement.Transforms.Any(placed => placed.Transform.ReadsGradient);
        EvaluationChanges = placement.Transforms.Any(placed => placed.Transform.ChangesEvaluation);
        Scalars = [.. placement.Transforms.Where(placed => placed.ScalarNames.Length > 0)];
    }

    internal Placement Placement { get; }

    /// <summary>The shard whose layout it is; <see langword="null"/> of a whole tree.</summary>
    internal TreeShard? Shard { get; private init; }

    /// <summary>The leaves of the layout.</summary>
    internal ImmutableArray<Leaf> Leaves { get; private init; }

    /// <summary>The number of elements of the flat buffer, padding included.</summary>
    internal int TotalLength { get; private init; }

    /// <summary>The plan of every leaf, by its index.</summary>
    internal LeafPlan[] LeafPlans { get; }

    internal Leaf[] Frozen { get; }

    /// <summary>The leaves that are not frozen but have no gradient, so that they and their slots stay.</summary>
    internal ImmutableArray<Leaf> WithoutGradient { get; private init; }

    internal LeafClass[] Classes { get; }

    internal StateSchema Schema { get; }

    internal ImmutableArray<SlotPlan> Slots { get; }

    internal ImmutableArray<PlanStep> Steps { get; }

    /// <summary>The transforms that have scalars.</summary>
    internal ImmutableArray<PlacedTransform> Scalars { get; }

    internal int PassCount { get; }

    internal int MeasuredCount { get; }

    /// <summary>Whether the update needs memory of its own between passes.</summary>
    internal bool NeedsScratch { get; }

    /// <summary>Whether a transform after the first reads the gradient, so that no update may be written over it.</summary>
    internal bool KeepsGradient { get; }

    /// <summary>Whether a step may throw after its first write. Such a step never runs in place.</summary>
    internal bool CanThrowLate { get; }

    /// <summary>Whether the parameters for evaluation may differ from θ.</summary>
    internal bool EvaluationChanges { get; }

    /// <summary>Compiles the plan of an optimizer for a layout.</summary>
    /// <param name="optimizer">The optimizer; it gives the groups.</param>
    /// <param name="parts">Its transforms.</param>
    /// <param name="layout">The layout of the parameters.</param>
    /// <param name="starts">The steps at which the leaves of the slots started, where not at 0.</param>
    /// <param name="scattered">
    /// Where each leaf has its own address, so that consecutive leaves are not one range, which leaves have a gradient.
    /// </param>
    internal static Plan Of(
        Optimizer optimizer, ImmutableArray<Transform> parts, TreeLayout layout, SlotStarts? starts,
        ScatteredLeaves? scattered)
    {
        Placement placement = Placement.Of(parts, optimizer.StateFormat);
        LeafPlanner planner = new(optimizer, placement);
        LeafPlan[] leafPlans = new LeafPlan[layout.Leaves.Length];
        for (int leaf = 0; leaf < leafPlans.Length; leaf++) leafPlans[leaf] = planner.LeafPlanOf(layout.Leaves[leaf]);
        ImmutableArray<SlotPlan> slots = SlotsOf(placement, layout, leafPlans, starts);

        List<LeafClass.Builder> builders = [];
        ImmutableArray<Leaf>.Builder withoutGradient = ImmutableArray.CreateBuilder<Leaf>();
        Dictionary<PlacedTransform[], LeafClass.Builder> byTransforms = [];
        for (int leaf = 0; leaf < leafPlans.Length; leaf++)
        {
            LeafPlan leafPlan = leafPlans[leaf];
            if (leafPlan.Settings.Frozen || layout.Leaves[leaf] is { Length: 0, IsAbsent: false }) continue;
            if (scattered?.HasGradient(layout.Leaves[leaf]) == false)
            {
                withoutGradient.Add(layout.Leaves[leaf]);
                continue;
            }

            foreach (PlacedTransform placed in leafPlan.Transforms)
            {
                if (placed.Transform.Refuses(layout.Leaves[leaf]) is { } reason)
                    throw new ArgumentException($"{Excerpt.Of($"{optimizer}")}: {reason}");
                if (placed.Transform is BFloat16Parameters && placed != leafPlan.Transforms[^1])
                {
                    throw new ArgumentException(
                        $"{Excerpt.Of($"{optimizer}")}: {placed.Transform} rounds the new parameters, so it must be the "
                        + $"last part; after it is {leafPlan.Transforms[^1].Transform}.");
                }
            }

            if (!byTransforms.TryGetValue(leafPlan.Transforms, out LeafClass.Builder? builder))
            {
                byTransforms[leafPlan.Transforms] = builder = new LeafClass.Builder(
                    leafPlan.Transforms, isScattered: scattered is not null);
                builders.Add(builder);
            }

            // Its class is here all the same: what all processes measure, they measure together.
            if (!layout.Leaves[leaf].IsAbsent) builder.Add(layout.Leaves[leaf], leafPlan, slots);
        }

        LeafClass[] classes = new LeafClass[builders.Count];
        int segments = 0;
        for (int index = 0; index < classes.Length; index++)
        {
            classes[index] = builders[index].Build(firstSegment: segments);
            segments += classes[index].Segments.Length;
        }

        StateSchema schema = new()
        {
            SlotNames = placement.SlotNames,
            SlotLayouts = [.. slots.Select(slot => slot.Layout)],
            SlotFormats = slots.All(slot => slot.Format == StateFormat.Full)
                ? []
                : [.. slots.Select(slot => slot.Format)],
            ScalarNames = placement.ScalarNames,
            Identity = placement.Identity,
            Starts = starts,
        };
        Leaf[] frozen = [.. layout.Leaves.Where(leaf => leafPlans[leaf.Index].Settings.Frozen)];
        ImmutableArray<PlanStep> steps = StepPlanner.StepsOf(placement, classes);
        return new Plan(placement, leafPlans, frozen, classes, schema, slots, steps)
        {
            Shard = layout.Shard,
            Leaves = layout.Leaves,
            TotalLength = layout.TotalLength,
            WithoutGradient = withoutGradient.ToImmutable(),
        };
    }

    /// <summary>The index of the leaf at an index of the flat buffer; in padding, the leaf before it.</summary>
    internal int LeafAt(int index)
    {
        int first = 0, end = Leaves.Length;
        while (end - first > 1)
        {
            int middle = (first + end) / 2;
            if (Leaves[middle].Offset <= index) first = middle;
            else end = middle;
        }

        return first;
    }

    /// <summary>A run for one step: one that is no longer needed, or a new one.</summary>
    internal StepRun<T> RentRun<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        runs.TryTake(out object? run) && run is StepRun<T> known ? known : new StepRun<T>(this);

    internal void ReturnRun<T>(StepRun<T> run)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => runs.Add(run);

    /// <summary>Scratch memory for one leaf, large enough for every transform of this plan.</summary>
    internal AlignedBuffer<double> RentScratch() =>
        scratch.TryTake(out AlignedBuffer<double>? buffer) ? buffer : new(maxScratch);

    internal void ReturnScratch(AlignedBuffer<double> buffer) => scratch.Add(buffer);

    private static ImmutableArray<SlotPlan> SlotsOf(
        Placement placement, TreeLayout layout, LeafPlan[] leafPlans, SlotStarts? starts)
    {
        ImmutableArray<SlotPlan> slots =
        [
            .. placement.Transforms.SelectMany(placed =>
                Enumerable.Range(0, placed.SlotNames.Length).Select(index => new SlotPlan(placed, index, layout))),
        ];
        if (slots.IsEmpty) return slots;
        HashSet<PlacedTransform> through = [];
        LeafPlan? last = null;
        foreach (Leaf leaf in layout.Leaves)
        {
            LeafPlan leafPlan = leafPlans[leaf.Index];
            if (!ReferenceEquals(leafPlan, last))
            {
                through.Clear();
                if (!leafPlan.Settings.Frozen) through.UnionWith(leafPlan.Transforms);
                last = leafPlan;
            }

            foreach (SlotPlan slot in slots) slot.Add(leaf, through.Contains(slot.Owner));
        }

        for (int slot = 0; slot < slots.Length; slot++)
        {
            slots[slot].Seal(slots.Take(slot));
            if (starts is not null && slot < starts.OfSlots.Length) slots[slot].StartFrom(starts.OfSlots[slot]);
        }

        return slots;
    }
}
