namespace Functional.Optim;

/// <summary>Rises in a line to the peak and stays there: η(k) = peak · min(k / W, 1). The first update has the rate peak / W.</summary>
public sealed record LinearWarmup : Schedule
{
    private LinearWarmup(double peak, long warmupSteps) => (Peak, WarmupSteps) = (peak, warmupSteps);

    /// <summary>The rate after the warm-up.</summary>
    public double Peak { get; }

    /// <summary>W, the step that first has the peak; 0 for no warm-up.</summary>
    public long WarmupSteps { get; }

    /// <summary>The schedule.</summary>
    /// <param name="peak">The rate after the warm-up; finite and not negative.</param>
    /// <param name="warmupSteps">W; not negative.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static LinearWarmup Of(double peak, long warmupSteps) => new ValidationErrors()
        .Require(peak, Bounds.NotNegative)
        .Require(warmupSteps, Bounds.AtLeast(0))
        .Make(() => new LinearWarmup(peak, warmupSteps)).OrThrow(nameof(LinearWarmup));

    /// <inheritdoc/>
    protected internal override double RateAt(long step) => RateAt(Peak, WarmupSteps, step);

    /// <summary>The formula, which other schedules start with.</summary>
    internal static double RateAt(double peak, long warmupSteps, long step) =>
        step < warmupSteps ? peak * ((double)step / warmupSteps) : peak;
}
