using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// One step of a plan. Steps run in order; each reads the gradient, or the update that earlier steps wrote.
/// </summary>
/// <param name="ReadsGradient">
/// Whether no earlier step wrote an update of its leaves, so that it reads the gradient.
/// </param>
internal abstract record PlanStep(bool ReadsGradient);

/// <summary>Measures the update of all leaves together, or of one class.</summary>
/// <param name="Placed">The transform that needs the statistics.</param>
/// <param name="Segments">The segments that are measured.</param>
/// <param name="Classes">The classes of the segments.</param>
/// <param name="IsOfAll">Whether these are all classes, and not the one that the transform is inside of.</param>
/// <param name="FirstMeasured">The index of its first result among all results.</param>
/// <param name="Unwritten">
/// For each class the rules that make its update of the gradient, where no step has written it
/// (<see cref="UnwrittenUpdate{T}"/>); empty where it is in memory.
/// </param>
/// <param name="ReadsGradient">
/// Whether no earlier step wrote an update of its leaves, so that it reads the gradient.
/// </param>
internal sealed record MeasureStep(
    PlacedTransform Placed, Segment[] Segments, LeafClass[] Classes, bool IsOfAll, int FirstMeasured,
    FusedPass[] Unwritten, bool ReadsGradient) : PlanStep(ReadsGradient)
{
    internal bool IsOfUnwritten => Unwritten.Length > 0;

    /// <summary>Whether leaves of a plan are among those that are measured.</summary>
    internal bool Has(LeafPlan plan)
    {
        if (plan.Settings.Frozen) return false;
        foreach (LeafClass leafClass in Classes)
            if (leafClass.Transforms == plan.Transforms) return true;
        return false;
    }
}

/// <summary>Transforms whole leaves, in parallel.</summary>
/// <param name="Class">The leaves.</param>
/// <param name="Index">The index of the transform in the class.</param>
/// <param name="ReadsGradient">
/// Whether no earlier step wrote an update of its leaves, so that it reads the gradient.
/// </param>
internal sealed record LeafStep(LeafClass Class, int Index, bool ReadsGradient) : PlanStep(ReadsGradient)
{
    internal PlacedTransform Placed => Class.Transforms[Index];
}

/// <summary>Runs the rules of consecutive transforms in one loop.</summary>
/// <param name="Class">The leaves.</param>
/// <param name="Start">The index of the first transform in the class.</param>
/// <param name="End">One more than the index of the last transform.</param>
/// <param name="Slots">The slots of the rules, as indices into the slots of the class.</param>
/// <param name="Measured">For each transform the index of the first result that it measured; −1 for none.</param>
/// <param name="Tiles">
/// The tiles of its leaves where its first transform changes them; <see langword="null"/> where none does.
/// </param>
/// <param name="IsLast">Whether it writes the output instead of the update.</param>
/// <param name="Number">Its index among the fused passes.</param>
/// <param name="ReadsGradient">
/// Whether no earlier step wrote an update of its leaves, so that it reads the gradient.
/// </param>
internal sealed record FusedPass(
    LeafClass Class, int Start, int End, int[] Slots, int[] Measured, LeafTiles? Tiles, bool IsLast, int Number,
    bool ReadsGradient)
    : PlanStep(ReadsGradient)
{
    /// <summary>Whether a result that its rules need is only known while the step runs.</summary>
    internal bool IsMeasuredLate { get; } = !ReadsGradient && Measured.Any(first => first >= 0);

    /// <summary>The ranges that its threads work on.</summary>
    internal Chunk[] Chunks => Tiles?.Chunks ?? Class.Chunks;

    /// <summary>Whether the new parameters are rounded stochastically after the rules.</summary>
    internal bool RoundsOutput { get; } = IsLast
        && Class.Transforms is [.., { Transform: BFloat16Parameters { Rounding: ParameterRounding.Stochastic } }];
}
