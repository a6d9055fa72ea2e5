namespace Functional.Optim;

/// <summary>A named set of leaves with settings. A leaf gets the settings of the first group that matches it.</summary>
public sealed record LeafGroup
{
    /// <summary>Makes a group.</summary>
    /// <param name="name">The name in reports.</param>
    /// <param name="matches">The leaves of the group: a <see cref="LeafFilter"/> or a predicate.</param>
    /// <param name="settings">The settings of these leaves.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public LeafGroup(string name, Func<Leaf, bool> matches, LeafSettings settings) =>
        (Name, Matches, Settings) = (
            Setting.Present(name), LeafFilter.Of(Setting.Present(matches)), Setting.Present(settings));

    /// <summary>The name in reports.</summary>
    public string Name { get; init => field = Setting.Present(value); }

    /// <summary>The leaves of the group.</summary>
    public LeafFilter Matches { get; init => field = Setting.Present(value); }

    /// <summary>The settings of these leaves.</summary>
    public LeafSettings Settings { get; init => field = Setting.Present(value); }

    /// <summary>The group of a leaf that no other group matches.</summary>
    internal static LeafGroup Ungrouped { get; } = new("all", static _ => true, LeafSettings.Default);

    /// <summary>Makes a group whose leaves have other multipliers.</summary>
    /// <param name="name">The name in reports.</param>
    /// <param name="matches">The leaves of the group: a <see cref="LeafFilter"/> or a predicate.</param>
    /// <param name="learningRateMultiplier">
    /// Multiplies the learning rate; finite and not negative. Unless it is 1, the optimizer
    /// must have a learning rate for these leaves.
    /// </param>
    /// <param name="weightDecayMultiplier">Multiplies every weight decay; finite and not negative.</param>
    /// <exception cref="ArgumentException">
    /// The name or the predicate is null, or a multiplier is negative or not finite.
    /// </exception>
    public static LeafGroup Of(
        string name,
        Func<Leaf, bool> matches,
        double learningRateMultiplier = 1,
        double weightDecayMultiplier = 1) =>
        new ValidationErrors()
            .Require(name is not null, nameof(name), name, "a name")
            .Require(matches is not null, nameof(matches), matches, "a predicate of leaves")
            .Require(learningRateMultiplier, Bounds.NotNegative)
            .Require(weightDecayMultiplier, Bounds.NotNegative)
            .Checked(() => new LeafGroup(
                name!, matches!, new LeafSettings(learningRateMultiplier, weightDecayMultiplier)))
            .OrThrow(nameof(LeafGroup));

    /// <summary>Makes a group of frozen leaves: steps do not change a bit of them.</summary>
    /// <param name="name">The name in reports.</param>
    /// <param name="matches">The leaves of the group: a <see cref="LeafFilter"/> or a predicate.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static LeafGroup Frozen(string name, Func<Leaf, bool> matches) =>
        new(name, matches, new LeafSettings(Frozen: true));
}
