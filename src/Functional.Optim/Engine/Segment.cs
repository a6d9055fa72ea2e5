namespace Functional.Optim;

/// <summary>
/// Neighbouring leaves that are worked on as one range: of one leafPlan, with the same factors, their slots side by side and started
/// together.
/// </summary>
/// <param name="Start">The first element in the flat buffer.</param>
/// <param name="End">The end, padding included.</param>
/// <param name="Leaf">The first leaf.</param>
/// <param name="Settings">The settings of the leaves.</param>
/// <param name="Factors">What of each transform depends on the leaf.</param>
/// <param name="Shifts">For each slot of the class, how far its elements lie after those of the parameters.</param>
/// <param name="Starts">For each transform, how many updates were finished when its slots started.</param>
internal sealed record Segment(
    int Start, int End, Leaf Leaf, LeafSettings Settings, double[] Factors, int[] Shifts, long[] Starts);
