using System.Globalization;

namespace Functional.Optim;

/// <summary>What of each transform depends on the leaf: its decay, its share of the learning rate.</summary>
internal static class LeafFactors
{
    /// <summary>
    /// Writes the factor of each transform. Two learning rates multiply, so the multiplier of the groups is that of the last, or it
    /// would count twice.
    /// </summary>
    /// <exception cref="ArgumentException">There is a multiplier and no learning rate.</exception>
    internal static void Of(LeafPlan leafPlan, Leaf leaf, Span<double> factors)
    {
        LeafSettings settings = leafPlan.Settings;
        LeafSettings withoutMultiplier =
            settings.LearningRateMultiplier == 1 ? settings : settings with { LearningRateMultiplier = 1 };
        for (int index = 0; index < factors.Length; index++)
            factors[index] = leafPlan.Transforms[index].Transform.PerLeafFactor(leaf, withoutMultiplier);
        if (settings.LearningRateMultiplier == 1) return;
        for (int index = factors.Length - 1; index >= 0; index--)
        {
            double multiplied = leafPlan.Transforms[index].Transform.PerLeafFactor(leaf, settings);
            if (multiplied == factors[index]) continue;
            factors[index] = multiplied;
            return;
        }

        throw new ArgumentException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The group {leafPlan.Name} multiplies the learning rate of {leaf} by {settings.LearningRateMultiplier}, and ")
            + $"no part that {leaf} goes through is a learning rate; put a LearningRate after them, or take a multiplier of 1.");
    }
}
