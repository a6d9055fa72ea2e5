namespace Functional.Optim;

/// <summary>A named rule that gives the leaves it matches their settings; the first rule that matches a leaf wins.</summary>
public sealed record LeafGroup
{
    /// <summary>A group.</summary>
    /// <param name="name">The name in reports.</param>
    /// <param name="matches">Which leaves belong to it: a <see cref="LeafFilter"/> or a predicate.</param>
    /// <param name="settings">What they get.</param>
    /// <exception cref="ArgumentNullException">One of them is null.</exception>
    public LeafGroup(string name, Func<Leaf, bool> matches, LeafSettings settings) =>
        (Name, Matches, Settings) = (Setting.Present(name), LeafFilter.Of(Setting.Present(matches)), Setting.Present(settings));

    /// <summary>The name in reports.</summary>
    public string Name { get; init => field = Setting.Present(value); }

    /// <summary>Which leaves belong to it.</summary>
    public LeafFilter Matches { get; init => field = Setting.Present(value); }

    /// <summary>What they get.</summary>
    public LeafSettings Settings { get; init => field = Setting.Present(value); }

    /// <summary>Where a leaf is that no group matches.</summary>
    internal static LeafGroup Ungrouped { get; } = new("all", static _ => true, LeafSettings.Default);

    /// <summary>A group of leaves with their own multipliers.</summary>
    /// <param name="name">The name in reports.</param>
    /// <param name="matches">Which leaves belong to it.</param>
    /// <param name="learningRateMultiplier">
    /// Multiplies the learning rate, of which an optimizer has to have one unless it is 1; finite and not negative.
    /// </param>
    /// <param name="weightDecayMultiplier">Multiplies every decay; finite and not negative.</param>
    /// <exception cref="ArgumentException">The name or the predicate is null, or a multiplier is negative or not finite.</exception>
    public static LeafGroup Of(string name, Func<Leaf, bool> matches, double learningRateMultiplier = 1, double weightDecayMultiplier = 1) =>
        new ValidationErrors()
            .Require(name is not null, nameof(name), name, "a name")
            .Require(matches is not null, nameof(matches), matches, "a predicate of leaves")
            .Require(learningRateMultiplier, Bounds.NotNegative)
            .Require(weightDecayMultiplier, Bounds.NotNegative)
            .Make(() => new LeafGroup(name!, matches!, new LeafSettings(learningRateMultiplier, weightDecayMultiplier)))
            .OrThrow(nameof(LeafGroup));

    /// <summary>A group of leaves that stay bit for bit as they are.</summary>
    /// <param name="name">The name in reports.</param>
    /// <param name="matches">Which leaves belong to it.</param>
    /// <exception cref="ArgumentNullException">One of them is null.</exception>
    public static LeafGroup Frozen(string name, Func<Leaf, bool> matches) => new(name, matches, new LeafSettings(Frozen: true));
}
