using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Compiles the steps of a plan, stage by stage. A stage starts at a transform that needs the update of all leaves
/// together. Before it, every class has written its update, if necessary by a pass without rules; or no class has, and
/// the transform measures what their rules would write.
/// </summary>
internal sealed class StepPlanner
{
    /// <summary>
    /// With more rules, a loop exceeds the inlining budget of the JIT: it gets
    /// slow, and its compilation recurses deeply.
    /// </summary>
    private const int MaxRulesInPass = 12;

    private readonly ImmutableArray<PlanStep>.Builder steps = ImmutableArray.CreateBuilder<PlanStep>();
    private readonly Placement placement;
    private readonly LeafClass[] classes;
    private readonly OpenPass[] all;
    private int measured;
    private int passes;

    private StepPlanner(Placement placement, LeafClass[] classes)
    {
        (this.placement, this.classes) = (placement, classes);
        all = [.. classes.Select(leafClass => new OpenPass(leafClass))];
    }

    internal static ImmutableArray<PlanStep> StepsOf(Placement placement, LeafClass[] classes)
    {
        StepPlanner planner = new(placement, classes);
        for (int stage = 0; stage <= placement.LastStage; stage++) planner.AddStage(stage);
        return planner.steps.ToImmutable();
    }

    private void AddStage(int stage)
    {
        int shared = measured;
        PlacedTransform? measuring = placement.Transforms.FirstOrDefault(placed =>
            !placed.IsInner && placed.Stage == stage && placed.Transform.NeedsStatistics);
        if (measuring is not null && (stage > 0 || placement.Nodes[0].Transform == measuring))
            Measure(measuring, all, isOfAll: true);

        foreach (OpenPass pass in all)
        {
            while (pass.Next is { } placed && placed.Stage == stage) Add(pass, placed, shared);
            if (stage == placement.LastStage) Close(pass, isLast: true);
            else if (!pass.HasWritten) Open(pass);
        }
    }

    /// <summary>
    /// Adds a measuring step, for which the update must be in memory, unless the transform can do without.
    /// </summary>
    private void Measure(PlacedTransform placed, OpenPass[] measuredPasses, bool isOfAll)
    {
        bool isOfUnwritten = placed.Transform.MeasuresOnlyNorms
            && measuredPasses.Any(pass => pass.Count > 0)
            && measuredPasses.All(pass => pass.IsOfRulesAlone && Fits(placed, pass));
        if (!isOfUnwritten)
        {
            foreach (OpenPass pass in measuredPasses) Close(pass, isLast: false);
        }

        Segment[] segments = [.. measuredPasses.SelectMany(pass => pass.Class.Segments)];
        steps.Add(new MeasureStep(
            placed, segments, isOfAll ? classes : [measuredPasses[0].Class], isOfAll, measured,
            isOfUnwritten ? [.. measuredPasses.Select(pass => pass.ToStep(isLast: false, passes++))] : [],
            ReadsGradient: !measuredPasses.Any(pass => pass.HasWritten)));
        measured += segments.Length;
    }

    private void Add(OpenPass pass, PlacedTransform placed, int shared)
    {
        int first = -1;
        if (placed.Transform.NeedsStatistics)
        {
            first = placed.IsInner ? measured : shared + pass.Class.FirstSegment;
            if (placed.IsInner) Measure(placed, [pass], isOfAll: false);
        }

        if (placed.Transform.TransformsLeaves || !Fits(placed, pass)) Close(pass, isLast: false);
        if (placed.Transform.TransformsLeaves)
        {
            pass.Tiles = LeafTiles.Of(pass.Class, placed);
            if (pass.Tiles is null)
            {
                steps.Add(new LeafStep(pass.Class, pass.End, !pass.HasWritten));
                pass.HasWritten = true;
            }
        }

        Open(pass);
        pass.Add(placed, first);
    }

    private void Open(OpenPass pass)
    {
        if (pass.IsOpen) return;
        pass.IsOpen = true;
        pass.Number = passes++;
    }

    private void Close(OpenPass pass, bool isLast)
    {
        if (isLast) Open(pass);
        if (!pass.IsOpen) return;
        steps.Add(pass.ToStep(isLast, pass.Number));
        pass.Clear();
    }

    /// <summary>Whether the rule of a transform can join a pass.</summary>
    private static bool Fits(PlacedTransform placed, OpenPass pass)
    {
        const int capacity = Slots<ScalarLane<float>>.Capacity;
        Transform transform = placed.Transform;
        int own = transform.TransformsLeaves ? 0 : placed.SlotNames.Length;
        if (own > capacity)
        {
            throw new InvalidOperationException(
                $"{transform} has {own} slots; an elementwise transform has 0 to {capacity}, "
                + "a transform of whole leaves any number.");
        }

        return pass.Count == 0 || (pass.Count < MaxRulesInPass && pass.SlotCount + own <= capacity);
    }

    /// <summary>The pass of a class that is not a step yet, as transforms may still join it.</summary>
    private sealed class OpenPass(LeafClass leafClass)
    {
        private readonly List<int> slots = [];
        private readonly List<int> measured = [];
        private int firstSlot;

        internal LeafClass Class => leafClass;

        internal int End { get; private set; }

        internal int Count => measured.Count;

        internal int SlotCount => slots.Count;

        /// <summary>The transform after it; <see langword="null"/> after the last.</summary>
        internal PlacedTransform? Next => End < leafClass.Transforms.Length ? leafClass.Transforms[End] : null;

        internal LeafTiles? Tiles { get; set; }

        internal bool IsOpen { get; set; }

        internal int Number { get; set; }

        /// <summary>Whether a step has written an update of the class.</summary>
        internal bool HasWritten { get; set; }

        /// <summary>Whether its rules alone make the update of the gradient.</summary>
        internal bool IsOfRulesAlone => !HasWritten && Tiles is null;

        internal void Add(PlacedTransform placed, int firstMeasured)
        {
            // Slots of a transform of whole leaves are not those of its rule.
            int count = placed.SlotNames.Length;
            if (!placed.Transform.TransformsLeaves) slots.AddRange(Enumerable.Range(firstSlot, count));
            firstSlot += count;
            measured.Add(firstMeasured);
            End++;
        }

        internal FusedPass ToStep(bool isLast, int number) => new(
            leafClass, End - Count, End, [.. slots], [.. measured], Tiles, isLast, number, !HasWritten);

        internal void Clear()
        {
            slots.Clear();
            measured.Clear();
            Tiles = null;
            (IsOpen, HasWritten) = (false, true);
        }
    }
}
