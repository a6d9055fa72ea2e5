namespace Functional.Optim;

/// <summary>A named rule that gives the leaves it matches their settings; the first rule that matches a leaf wins.</summary>
/// <param name="Name">The name in reports.</param>
/// <param name="Matches">Which leaves belong to it.</param>
/// <param name="Settings">What they get.</param>
public sealed record LeafGroup(string Name, Func<Leaf, bool> Matches, LeafSettings Settings)
{
    /// <summary>Where a leaf is that no group matches.</summary>
    internal static LeafGroup Ungrouped { get; } = new("all", static _ => true, LeafSettings.Default);

    /// <summary>A group of leaves with their own multipliers.</summary>
    /// <param name="name">The name in reports.</param>
    /// <param name="matches">Which leaves belong to it.</param>
    /// <param name="learningRateMultiplier">
    /// Multiplies the learning rate, of which an optimizer has to have one unless it is 1; finite and not negative.
    /// </param>
    /// <param name="weightDecayMultiplier">Multiplies every decay; finite and not negative.</param>
    /// <exception cref="ArgumentException">A multiplier is negative or not finite.</exception>
    public static LeafGroup Of(string name, Func<Leaf, bool> matches, double learningRateMultiplier = 1, double weightDecayMultiplier = 1) =>
        new Faults()
            .Require(learningRateMultiplier, Bounds.NotNegative)
            .Require(weightDecayMultiplier, Bounds.NotNegative)
            .Make(() => new LeafGroup(name, matches, new LeafSettings(learningRateMultiplier, weightDecayMultiplier)))
            .OrThrow(nameof(LeafGroup));

    /// <summary>A group of leaves that stay bit for bit as they are.</summary>
    /// <param name="name">The name in reports.</param>
    /// <param name="matches">Which leaves belong to it.</param>
    public static LeafGroup Frozen(string name, Func<Leaf, bool> matches) => new(name, matches, new LeafSettings(Frozen: true));
}
