namespace Functional.Optim;

/// <summary>
/// REX: warm-up, then a decay that stays high and falls fast at the end: η = floor + (peak − floor)·(1 − p) / (1 −
/// p / 2) with the progress p in [0, 1].
/// </summary>
/// <remarks>
/// Chen et al., "REX: revisiting budgeted training with an improved schedule", 2021,
/// <see href="https://arxiv.org/abs/2107.04197">arXiv:2107.04197</see>. The first update of a
/// <see cref="Schedule.ZeroBased"/> one without a warm-up has the peak. That of kozistr's REXScheduler has the floor,
/// and no update has the peak: <c>Schedule.Constant(floor).Then(rex, 1)</c>.
/// </remarks>
public sealed record WarmupRex : WarmupDecay
{
    private WarmupRex(double peak, long warmupSteps, long totalSteps, double floor, double start)
        : base(peak, warmupSteps, totalSteps, floor, start)
    {
    }

    /// <summary>Makes the schedule.</summary>
    /// <param name="peak">The highest rate; finite and not negative.</param>
    /// <param name="warmupSteps">W, the step with the peak; not negative.</param>
    /// <param name="totalSteps">N, the first step with the floor; more than W.</param>
    /// <param name="floor">The rate from that step on; from 0 to the peak.</param>
    /// <param name="start">The rate at step 0 of a warm-up; from 0 to the peak.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static WarmupRex Of(
        double peak, long warmupSteps, long totalSteps, double floor = 0, double start = 0) =>
        Check(peak, warmupSteps, totalSteps, floor, start)
            .Checked(() => new WarmupRex(peak, warmupSteps, totalSteps, floor, start)).OrThrow(nameof(WarmupRex));

    /// <inheritdoc/>
    private protected override double Decay(double progress) =>
        Floor + ((Peak - Floor) * ((1 - progress) / (1 - (progress / 2))));
}
