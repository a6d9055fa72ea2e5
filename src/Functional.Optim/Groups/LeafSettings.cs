namespace Functional.Optim;

/// <summary>The settings that a group gives its leaves.</summary>
/// <param name="LearningRateMultiplier">
/// Multiplies the learning rate (of several, the last one); finite and not negative.
/// </param>
/// <param name="WeightDecayMultiplier">
/// Multiplies every weight decay, coupled or decoupled; finite and not negative.
/// </param>
/// <param name="Frozen">Whether steps leave the leaf and its state unchanged in every bit.</param>
public sealed record LeafSettings(
    double LearningRateMultiplier = 1, double WeightDecayMultiplier = 1, bool Frozen = false)
{
    /// <summary>Multiplies the learning rate (of several, the last one); finite and not negative.</summary>
    /// <exception cref="ArgumentException">It is negative or not finite.</exception>
    public double LearningRateMultiplier { get; init => field = Setting.Check(value, Bounds.NotNegative); } =
        Bounds.NotNegative.Check(LearningRateMultiplier, nameof(LearningRateMultiplier));

    /// <summary>Multiplies every weight decay, coupled or decoupled; finite and not negative.</summary>
    /// <exception cref="ArgumentException">It is negative or not finite.</exception>
    public double WeightDecayMultiplier { get; init => field = Setting.Check(value, Bounds.NotNegative); } =
        Bounds.NotNegative.Check(WeightDecayMultiplier, nameof(WeightDecayMultiplier));

    /// <summary>The settings of a leaf that no group matches.</summary>
    public static LeafSettings Default { get; } = new();

    /// <summary>The settings, with the same numbers in every culture.</summary>
    public override string ToString() => RecordText.Of(nameof(LeafSettings), PrintMembers);

    /// <summary>The settings with another learning rate; those of a frozen leaf stay.</summary>
    internal LeafSettings Scaled(double factor) =>
        Frozen ? this : this with { LearningRateMultiplier = LearningRateMultiplier * factor };

    /// <summary>
    /// The combined settings of two groups: multipliers are multiplied, and a leaf is frozen when either freezes it.
    /// </summary>
    internal LeafSettings And(LeafSettings other) => ReferenceEquals(other, Default) ? this : new(
        LearningRateMultiplier * other.LearningRateMultiplier,
        WeightDecayMultiplier * other.WeightDecayMultiplier,
        Frozen || other.Frozen);
}
