using System.Globalization;
using static Functional.Optim.Training.ShortNumber;

namespace Functional.Optim.Training;

/// <summary>The faults that the norms of leaves show.</summary>
internal static class LeafFaults
{
    /// <summary>
    /// A gradient 10⁴ times smaller than the largest. Leaves of healthy models are within 10³ of each other; five
    /// saturated sigmoids, each a quarter at most, are 10³ already.
    /// </summary>
    private const double VanishingShare = 1e-4;

    /// <summary>One leaf may have a small gradient by its nature, such as the biases of keys.</summary>
    private const int MinVanishing = 2;

    /// <summary>
    /// A float changes by an update of 6e-8 of it or more; a ratio below that loses most of the update.
    /// </summary>
    private const double DeadRatio = 1e-8;

    /// <summary>
    /// About 1e-3 is usual (A. Karpathy's rule of thumb for the ratio of updates to weights). With 0.3 nothing that was
    /// learned lasts for more than three updates.
    /// </summary>
    private const double ExplodingRatio = 0.3;

    internal static Finding? Vanishing(LeafRatios ratios)
    {
        LeafRatios.Leaf[] trained = [.. ratios.Leaves.Where(leaf => double.IsFinite(leaf.Gradient))];
        if (trained.Length == 0) return null;
        LeafRatios.Leaf largest = trained.MaxBy(leaf => leaf.Gradient)!;
        double bound = VanishingShare * largest.Gradient;
        LeafRatios.Leaf[] small = [.. trained.Where(leaf => leaf.Gradient > 0 && leaf.Gradient < bound)];
        if (small.Length < MinVanishing) return null;
        LeafRatios.Leaf least = small.MinBy(leaf => leaf.Gradient)!;
        return new Finding(Fault.VanishingGradients, ratios.LastStep, least.Gradient, bound, string.Create(
            CultureInfo.InvariantCulture,
            $"the gradient of '{least.Name}' has the norm {Of(least.Gradient)}, the median up to step "
            + $"{ratios.LastStep}, that of '{largest.Name}' {Of(largest.Gradient)}; above {Of(bound)} is usual. So it "
            + $"is in {small.Length} of {ratios.Leaves.Length} leaves")) { Leaf = least.Name };
    }

    internal static Finding? Dead(LeafRatios ratios)
    {
        LeafRatios.Leaf[] dead = [.. ratios.Leaves.Where(leaf => leaf.Gradient == 0 || leaf.Ratio < DeadRatio)];
        if (dead.Length == 0) return null;
        LeafRatios.Leaf first = dead[0];
        return new Finding(Fault.DeadLeaves, ratios.LastStep, first.Ratio, DeadRatio, string.Create(
            CultureInfo.InvariantCulture,
            $"'{first.Name}' has a gradient of norm {Of(first.Gradient)} and updates of {Of(first.Ratio)} of its "
            + $"norm, the medians up to step {ratios.LastStep}; a gradient above 0 and {Of(DeadRatio)} or more are "
            + $"usual. So it is in {dead.Length} of {ratios.Leaves.Length} leaves")) { Leaf = first.Name };
    }

    internal static Finding? ExplodingUpdates(LeafRatios ratios)
    {
        LeafRatios.Leaf[] large = [.. ratios.Leaves.Where(leaf => leaf.LateRatio > ExplodingRatio)];
        if (large.Length == 0) return null;
        LeafRatios.Leaf largest = large.MaxBy(leaf => leaf.LateRatio)!;
        return new Finding(Fault.ExplodingUpdates, ratios.LastStep, largest.LateRatio, ExplodingRatio, string.Create(
            CultureInfo.InvariantCulture,
            $"updates of '{largest.Name}' are {Of(largest.LateRatio)} of its norm, the median over the second half up "
            + $"to step {ratios.LastStep}; about 0.001 is usual, above {Of(ExplodingRatio)} nothing lasts. So it is in "
            + $"{large.Length} of {ratios.Leaves.Length} leaves")) { Leaf = largest.Name };
    }
}
