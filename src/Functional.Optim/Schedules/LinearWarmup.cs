namespace Functional.Optim;

/// <summary>
/// A line up to the peak, then the peak: η(k) = peak · min(k / W, 1). The first update has the rate peak / W.
/// </summary>
public sealed record LinearWarmup : Schedule
{
    private LinearWarmup(double peak, long warmupSteps) => (Peak, WarmupSteps) = (peak, warmupSteps);

    /// <summary>The rate after the warm-up.</summary>
    public double Peak { get; }

    /// <summary>W, the first step with the peak; 0 for no warm-up.</summary>
    public long WarmupSteps { get; }

    /// <summary>Makes the schedule.</summary>
    /// <param name="peak">The rate after the warm-up; finite and not negative.</param>
    /// <param name="warmupSteps">W, the first step with the peak; not negative, 0 for no warm-up.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static LinearWarmup Of(double peak, long warmupSteps) => new ValidationErrors()
        .Require(peak, Bounds.NotNegative)
        .Require(warmupSteps, Bounds.AtLeast(0))
        .Make(() => new LinearWarmup(peak, warmupSteps)).OrThrow(nameof(LinearWarmup));

    /// <inheritdoc/>
    protected internal override double? MaxRate => Peak;

    /// <inheritdoc/>
    protected internal override double RateAt(long step) => RateAt(Peak, WarmupSteps, step);

    /// <summary>The formula, which other schedules use for their warm-up.</summary>
    internal static double RateAt(double peak, long warmupSteps, long step) =>
        step < warmupSteps ? peak * ((double)step / warmupSteps) : peak;
}
