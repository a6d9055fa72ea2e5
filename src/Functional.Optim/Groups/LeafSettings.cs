namespace Functional.Optim;

/// <summary>What a group changes for its leaves.</summary>
/// <param name="LearningRateMultiplier">Multiplies the learning rate, and of several the last; finite and not negative.</param>
/// <param name="WeightDecayMultiplier">Multiplies every decay, coupled or decoupled; finite and not negative.</param>
/// <param name="Frozen">Whether the leaf and its state stay bit for bit as they are.</param>
public sealed record LeafSettings(double LearningRateMultiplier = 1, double WeightDecayMultiplier = 1, bool Frozen = false)
{
    /// <summary>Multiplies the learning rate; finite and not negative.</summary>
    /// <exception cref="ArgumentException">It is negative or not finite.</exception>
    public double LearningRateMultiplier { get; init => field = Setting.Check(value, Bounds.NotNegative); } =
        Bounds.NotNegative.Check(LearningRateMultiplier, nameof(LearningRateMultiplier));

    /// <summary>Multiplies every decay, coupled or decoupled; finite and not negative.</summary>
    /// <exception cref="ArgumentException">It is negative or not finite.</exception>
    public double WeightDecayMultiplier { get; init => field = Setting.Check(value, Bounds.NotNegative); } =
        Bounds.NotNegative.Check(WeightDecayMultiplier, nameof(WeightDecayMultiplier));

    /// <summary>What a leaf has that no group matches.</summary>
    public static LeafSettings Default { get; } = new();

    /// <summary>The settings, with the same numbers in every culture.</summary>
    public override string ToString() => RecordText.Of(nameof(LeafSettings), PrintMembers);

    /// <summary>What two groups change together: the multipliers multiply, and a leaf is frozen when either freezes it.</summary>
    internal LeafSettings And(LeafSettings other) => ReferenceEquals(other, Default) ? this : new(
        LearningRateMultiplier * other.LearningRateMultiplier, WeightDecayMultiplier * other.WeightDecayMultiplier, Frozen || other.Frozen);
}
