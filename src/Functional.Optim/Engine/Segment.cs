namespace Functional.Optim;

/// <summary>
/// Consecutive leaves that are processed as one range: they have the same plan, factors and
/// starts, and their slots are consecutive too.
/// </summary>
/// <param name="Start">The index of the first element in the flat buffer.</param>
/// <param name="End">One more than the index of the last element, padding included.</param>
/// <param name="Leaf">The first leaf.</param>
/// <param name="Settings">The settings of the leaves.</param>
/// <param name="Factors">For each transform, the factor that depends on the leaf.</param>
/// <param name="Shifts">For each slot of the class, the index of an element less the index of its parameter.</param>
/// <param name="Scales">For each slot of the class, <see cref="SlotPlan.ScalesOf"/>.</param>
/// <param name="Starts">For each transform, the number of finished updates when its slots started.</param>
internal sealed record Segment(
    int Start, int End, Leaf Leaf, LeafSettings Settings, double[] Factors, int[] Shifts, nint[] Scales,
    long[] Starts);
