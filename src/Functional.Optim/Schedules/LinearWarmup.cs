namespace Functional.Optim;

/// <summary>
/// A line up to the peak, then the peak: η(k) = start + (peak − start) · min(k / W, 1). Without a start the first
/// update has the rate peak / W. Transformers' get_constant_schedule_with_warmup is that of
/// <see cref="Schedule.ZeroBased"/>.
/// </summary>
public sealed record LinearWarmup : Schedule
{
    private LinearWarmup(double peak, long warmupSteps, double start) =>
        (Peak, WarmupSteps, Start) = (peak, warmupSteps, start);

    /// <summary>The rate after the warm-up.</summary>
    public double Peak { get; }

    /// <summary>W, the first step with the peak; 0 for no warm-up.</summary>
    public long WarmupSteps { get; }

    /// <summary>The rate at step 0 of a warm-up.</summary>
    public double Start { get; }

    /// <summary>Makes the schedule.</summary>
    /// <param name="peak">The rate after the warm-up; finite and not negative.</param>
    /// <param name="warmupSteps">W, the first step with the peak; not negative, 0 for no warm-up.</param>
    /// <param name="start">The rate at step 0 of a warm-up; from 0 to the peak. timm: warmup_lr_init.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static LinearWarmup Of(double peak, long warmupSteps, double start = 0) => new ValidationErrors()
        .Require(peak, Bounds.NotNegative)
        .Require(warmupSteps, Bounds.AtLeast(0))
        .RequireStart(start, peak)
        .Checked(() => new LinearWarmup(peak, warmupSteps, start)).OrThrow(nameof(LinearWarmup));

    /// <inheritdoc/>
    protected internal override double? MaxRate => Peak;

    /// <inheritdoc/>
    protected internal override double RateAt(long step) => RateAt(Peak, WarmupSteps, Start, step);

    /// <summary>The formula, which other schedules use for their warm-up.</summary>
    internal static double RateAt(
        double peak, long warmupSteps, double start, long step, Anneal anneal = Anneal.Linear) =>
        step < warmupSteps ? anneal.Backwards(start, peak, (double)step / warmupSteps) : peak;
}
