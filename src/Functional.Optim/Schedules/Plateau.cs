namespace Functional.Optim;

/// <summary>
/// Lowers the rate when a metric stops improving. It is a state machine over metrics, not a function of the step. After
/// more than <c>patience</c> metrics in a row that do not improve on the best, rate' = max(factor · rate, floor),
/// unless the change is <c>epsilon</c> or less. The next <c>cooldown</c> metrics are then not counted.
/// <code>
/// PlateauState state = metrics.Aggregate(PlateauState.Of(0.1), plateau.Next);
/// AdamW optimizer = AdamW.Of(state.Rate);   // continues with the same optimizer state
/// </code>
/// </summary>
/// <remarks>
/// torch's ReduceLROnPlateau gives the same numbers, except for relative thresholds of negative metrics, where torch
/// takes a constant metric for an improvement. Optax's contrib.reduce_on_plateau averages the metric over some
/// steps, and scales the updates. Thread-safe.
/// </remarks>
public sealed record Plateau
{
    private Plateau(
        PlateauMode mode,
        double factor,
        long patience,
        double threshold,
        PlateauThreshold thresholdMode,
        long cooldown,
        double floor,
        double epsilon)
    {
        (Mode, Factor, Patience, Threshold) = (mode, factor, patience, threshold);
        (ThresholdMode, Cooldown, Floor, Epsilon) = (thresholdMode, cooldown, floor, epsilon);
    }

    /// <summary>Whether lower or higher metrics are better.</summary>
    public PlateauMode Mode { get; }

    /// <summary>The factor of each reduction.</summary>
    public double Factor { get; }

    /// <summary>The number of metrics in a row that may bring no improvement.</summary>
    public long Patience { get; }

    /// <summary>The improvement that a metric must exceed to count.</summary>
    public double Threshold { get; }

    /// <summary>Whether the threshold is relative to the best metric or absolute.</summary>
    public PlateauThreshold ThresholdMode { get; }

    /// <summary>The number of metrics after a reduction that are not counted.</summary>
    public long Cooldown { get; }

    /// <summary>The lowest rate.</summary>
    public double Floor { get; }

    /// <summary>A smaller or equal change of the rate is not made.</summary>
    public double Epsilon { get; }

    /// <summary>Makes the state machine.</summary>
    /// <param name="mode">Whether lower or higher metrics are better.</param>
    /// <param name="factor">The factor of each reduction, in [0, 1).</param>
    /// <param name="patience">The number of metrics in a row that may bring no improvement; not negative.</param>
    /// <param name="threshold">
    /// The improvement that a metric must exceed to count; in [0, 1) if relative, otherwise finite and not negative.
    /// </param>
    /// <param name="thresholdMode">Whether the threshold is relative to the best metric or absolute.</param>
    /// <param name="cooldown">The number of metrics after a reduction that are not counted; not negative.</param>
    /// <param name="floor">The lowest rate; finite and not negative. torch: min_lr.</param>
    /// <param name="epsilon">
    /// A smaller or equal change of the rate is not made; finite and not negative. torch: eps.
    /// </param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static Plateau Of(
        PlateauMode mode = PlateauMode.Minimize,
        double factor = 0.1,
        long patience = 10,
        double threshold = 1e-4,
        PlateauThreshold thresholdMode = PlateauThreshold.Relative,
        long cooldown = 0,
        double floor = 0,
        double epsilon = 1e-8)
    {
        bool isRelative = thresholdMode == PlateauThreshold.Relative;
        return new ValidationErrors()
            .Require(mode)
            .Require(factor, Bounds.HalfOpenUnitInterval)
            .Require(patience, Bounds.AtLeast(0))
            .Require(threshold, isRelative ? Bounds.HalfOpenUnitInterval : Bounds.NotNegative)
            .Require(thresholdMode)
            .Require(cooldown, Bounds.AtLeast(0))
            .Require(floor, Bounds.NotNegative)
            .Require(epsilon, Bounds.NotNegative)
            .Checked(() => new Plateau(mode, factor, patience, threshold, thresholdMode, cooldown, floor, epsilon))
            .OrThrow(nameof(Plateau));
    }

    /// <summary>The state after one more metric. NaN is never an improvement.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="metric">The metric, such as a validation loss.</param>
    /// <exception cref="ArgumentNullException">The state is null.</exception>
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
