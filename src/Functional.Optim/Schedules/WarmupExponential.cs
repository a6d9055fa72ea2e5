namespace Functional.Optim;

/// <summary>Warm-up, then an exponential decay: η = peak·(floor / peak)ᵖ with the progress p in [0, 1].</summary>
public sealed record WarmupExponential : WarmupDecay
{
    private WarmupExponential(double peak, long warmupSteps, long totalSteps, double floor, double start)
        : base(peak, warmupSteps, totalSteps, floor, start)
    {
    }

    /// <summary>Makes the schedule.</summary>
    /// <param name="peak">The highest rate; finite and not negative.</param>
    /// <param name="warmupSteps">W, the step with the peak; not negative.</param>
    /// <param name="totalSteps">N, the first step with the floor; more than W.</param>
    /// <param name="floor">The rate from that step on; above 0, up to the peak.</param>
    /// <param name="start">The rate at step 0 of a warm-up; from 0 to the peak.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static WarmupExponential Of(
        double peak, long warmupSteps, long totalSteps, double floor, double start = 0) =>
        Check(peak, warmupSteps, totalSteps, floor, start)
            .Require(floor > 0, nameof(floor), floor, "above 0, where an exponential ends")
            .Checked(() => new WarmupExponential(peak, warmupSteps, totalSteps, floor, start))
            .OrThrow(nameof(WarmupExponential));

    /// <inheritdoc/>
    private protected override double Decay(double progress) => Peak * Math.Pow(Floor / Peak, progress);
}
