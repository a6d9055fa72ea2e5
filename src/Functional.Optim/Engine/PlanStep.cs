namespace Functional.Optim;

/// <summary>
/// One step of a plan. Steps run in order; each reads the gradient, or the update that the steps before wrote.
/// </summary>
/// <param name="ReadsGradient">Whether nothing was written before it for its leaves.</param>
internal abstract record PlanStep(bool ReadsGradient);

/// <summary>NeedsStatistics the update of all leaves together, or of one class.</summary>
/// <param name="Placed">The transform that asks.</param>
/// <param name="Segments">The segments it sees.</param>
/// <param name="Class">The class of those; <see langword="null"/> for all.</param>
/// <param name="FirstMeasured">Where its numbers begin among all that are measured.</param>
/// <param name="ReadsGradient">Whether nothing was written before it for its leaves.</param>
internal sealed record MeasureStep(PlacedTransform Placed, Segment[] Segments, LeafClass? Class, int FirstMeasured, bool ReadsGradient)
    : PlanStep(ReadsGradient);

/// <summary>Transforms whole leaves, side by side on the threads.</summary>
/// <param name="Class">The leaves.</param>
/// <param name="Index">Which transform of the class.</param>
/// <param name="ReadsGradient">Whether nothing was written before it for its leaves.</param>
internal sealed record LeafStep(LeafClass Class, int Index, bool ReadsGradient) : PlanStep(ReadsGradient)
{
    internal PlacedTransform Placed => Class.Transforms[Index];
}

/// <summary>Runs the rules of neighbouring transforms as one loop.</summary>
/// <param name="Class">The leaves.</param>
/// <param name="Start">The first transform of the class.</param>
/// <param name="End">The end of the transforms.</param>
/// <param name="Slots">The places of the slots of the rules among those of the class.</param>
/// <param name="FirstMeasured">Where the numbers that its first transform measured begin; −1 where it measures nothing.</param>
/// <param name="IsLast">Whether it writes the output rather than an update.</param>
/// <param name="Number">Its place among the fused passes.</param>
/// <param name="ReadsGradient">Whether nothing was written before it for its leaves.</param>
internal sealed record FusedPass(
    LeafClass Class, int Start, int End, int[] Slots, int FirstMeasured, bool IsLast, int Number, bool ReadsGradient)
    : PlanStep(ReadsGradient);
