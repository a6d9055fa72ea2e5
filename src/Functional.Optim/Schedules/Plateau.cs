namespace Functional.Optim;

/// <summary>
/// Lowers the rate where a metric has stopped getting better: a state machine over metrics, not a function of the step. After more than
/// <c>patience</c> metrics in a row that are not better than the best, rate' = max(factor · rate, floor), unless that differs by
/// <c>epsilon</c> or less; then <c>cooldown</c> metrics are not held against it. torch's ReduceLROnPlateau, number for number (but for
/// relative thresholds of metrics below 0, where torch holds a metric that stays to be better); Optax's
/// contrib.reduce_on_plateau (which averages the metric over some steps, and scales the updates).
/// <code>
/// PlateauState state = metrics.Aggregate(PlateauState.Of(0.1), plateau.Next);
/// AdamW optimizer = AdamW.Of(state.Rate);   // goes on from the same optimizer state
/// </code>
/// </summary>
public sealed record Plateau
{
    private Plateau(
        PlateauMode mode, double factor, long patience, double threshold, PlateauThreshold thresholdMode, long cooldown, double floor,
        double epsilon) =>
        (Mode, Factor, Patience, Threshold, ThresholdMode, Cooldown, Floor, Epsilon) =
        (mode, factor, patience, threshold, thresholdMode, cooldown, floor, epsilon);

    /// <summary>Whether lower or higher metrics are better.</summary>
    public PlateauMode Mode { get; }

    /// <summary>What the rate is multiplied by.</summary>
    public double Factor { get; }

    /// <summary>How many metrics in a row may be no better.</summary>
    public long Patience { get; }

    /// <summary>By how much a metric has to be better to count as better.</summary>
    public double Threshold { get; }

    /// <summary>Whether the threshold is a part of the best metric.</summary>
    public PlateauThreshold ThresholdMode { get; }

    /// <summary>How many metrics after a reduction are not held against the rate.</summary>
    public long Cooldown { get; }

    /// <summary>The lowest rate.</summary>
    public double Floor { get; }

    /// <summary>The largest change that is not worth making.</summary>
    public double Epsilon { get; }

    /// <summary>The machine.</summary>
    /// <param name="mode">Whether lower or higher metrics are better.</param>
    /// <param name="factor">What the rate is multiplied by, in [0, 1).</param>
    /// <param name="patience">How many metrics in a row may be no better; not negative.</param>
    /// <param name="threshold">By how much a metric has to be better; in [0, 1) if relative, else finite and not negative.</param>
    /// <param name="thresholdMode">Whether the threshold is a part of the size of the best metric.</param>
    /// <param name="cooldown">How many metrics after a reduction are not held against the rate; not negative.</param>
    /// <param name="floor">The lowest rate; finite and not negative. torch: min_lr.</param>
    /// <param name="epsilon">The largest change that is not worth making; finite and not negative. torch: eps.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Plateau Of(
        PlateauMode mode = PlateauMode.Minimize, double factor = 0.1, long patience = 10, double threshold = 1e-4,
        PlateauThreshold thresholdMode = PlateauThreshold.Relative, long cooldown = 0, double floor = 0, double epsilon = 1e-8) =>
        new ValidationErrors()
        .Require(mode).Require(factor, Bounds.HalfOpenUnitInterval).Require(patience, Bounds.AtLeast(0))
        .Require(threshold, thresholdMode == PlateauThreshold.Relative ? Bounds.HalfOpenUnitInterval : Bounds.NotNegative).Require(thresholdMode)
        .Require(cooldown, Bounds.AtLeast(0)).Require(floor, Bounds.NotNegative).Require(epsilon, Bounds.NotNegative)
        .Make(() => new Plateau(mode, factor, patience, threshold, thresholdMode, cooldown, floor, epsilon)).OrThrow(nameof(Plateau));

    /// <summary>The state after one more metric. NaN is never better.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="metric">Such as the loss of a validation.</param>
    public PlateauState Next(PlateauState state, double metric)
    {
        ArgumentNullException.ThrowIfNull(state);
        bool better = IsBetter(metric, state.Best);
        long worse = better || state.Cooling > 0 ? 0 : state.Worse + 1;
        PlateauState next = new(state.Rate, better ? metric : state.Best, worse, Math.Max(state.Cooling - 1, 0));
        return worse > Patience ? next with { Rate = Reduced(state.Rate), Worse = 0, Cooling = Cooldown } : next;
    }

    /// <summary>The settings, with the same numbers in every culture.</summary>
    public override string ToString() => RecordText.Of(nameof(Plateau), PrintMembers);

    private bool IsBetter(double metric, double? best)
    {
        double sign = Mode == PlateauMode.Minimize ? 1 : -1, reference = best ?? sign * double.PositiveInfinity;
        double wanted = ThresholdMode == PlateauThreshold.Relative
            ? reference * (1 - (sign * Math.Sign(reference) * Threshold))
            : reference - (sign * Threshold);
        return sign * metric < sign * wanted;
    }

    private double Reduced(double rate)
    {
        double reduced = Math.Max(rate * Factor, Floor);
        return rate - reduced > Epsilon ? reduced : rate;
    }
}
