namespace Functional.Optim;

/// <summary>
/// Warm-up, then half a cosine period: η = floor + (peak − floor)·(1 + cos πp) / 2 with the progress p in [0, 1].
/// </summary>
/// <remarks>
/// Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017,
/// <see href="https://arxiv.org/abs/1608.03983">arXiv:1608.03983</see>, without restarts.
/// </remarks>
public sealed record WarmupCosine : WarmupDecay
{
    private WarmupCosine(double peak, long warmupSteps, long totalSteps, double floor)
        : base(peak, warmupSteps, totalSteps, floor)
    {
    }

    /// <summary>Makes the schedule.</summary>
    /// <param name="peak">The highest rate; finite and not negative.</param>
    /// <param name="warmupSteps">W, the step with the peak; not negative.</param>
    /// <param name="totalSteps">N, the first step with the floor; more than W.</param>
    /// <param name="floor">The rate from that step on; from 0 to the peak.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static WarmupCosine Of(double peak, long warmupSteps, long totalSteps, double floor = 0) =>
        Check(peak, warmupSteps, totalSteps, floor)
            .Make(() => new WarmupCosine(peak, warmupSteps, totalSteps, floor)).OrThrow(nameof(WarmupCosine));

    /// <inheritdoc/>
    private protected override double Decay(double progress) => Anneal.Cosine.Between(Peak, Floor, progress);
}
