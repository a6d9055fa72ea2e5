using System.Globalization;

namespace Functional.Optim;

/// <summary>
/// The factor of each transform that depends on the leaf, such as its weight
/// decay or the multiplier of its learning rate.
/// </summary>
internal static class LeafFactors
{
    /// <summary>
    /// Writes the factor of each transform. The rates of several learning rates are multiplied, so only the
    /// last one gets the multiplier of the groups.
    /// </summary>
    /// <exception cref="ArgumentException">There is a multiplier but no learning rate.</exception>
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

        string multiplier = settings.LearningRateMultiplier.ToString(CultureInfo.InvariantCulture);
        throw new ArgumentException(
            $"The group {leafPlan.Name} multiplies the learning rate of {leaf} by {multiplier}, but no transform of "
            + $"{leaf} is a learning rate; add a LearningRate for this leaf, or set the multiplier to 1.");
    }
}
