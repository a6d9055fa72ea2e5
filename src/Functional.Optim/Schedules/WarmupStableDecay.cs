namespace Functional.Optim;

/// <summary>
/// Warm-up, then the peak until the last steps, then a decay to the floor (WSD): linear, cosine or
/// 1 − √p. Transformers' get_wsd_schedule. Nothing before the decay depends on the end, so a run
/// can be continued from any step at the peak.
/// </summary>
/// <remarks>
/// Hu et al., "MiniCPM: unveiling the potential of small language models with scalable training strategies", 2024,
/// <see href="https://arxiv.org/abs/2404.06395">arXiv:2404.06395</see>. The shapes of the decay: Hägele et al.,
/// "Scaling laws and compute-optimal training beyond fixed training durations", 2024,
/// <see href="https://arxiv.org/abs/2405.18392">arXiv:2405.18392</see>.
/// </remarks>
public sealed record WarmupStableDecay : WarmupDecay
{
    private WarmupStableDecay(
        double peak, long warmupSteps, long decaySteps, long totalSteps, double floor, Anneal anneal)
        : base(peak, warmupSteps, totalSteps, floor) => (DecaySteps, Anneal) = (decaySteps, anneal);

    /// <summary>D, the number of steps of the decay, which ends at step N.</summary>
    public long DecaySteps { get; }

    /// <summary>The curve of the decay.</summary>
    public Anneal Anneal { get; }

    /// <inheritdoc/>
    private protected override long DecayStart => TotalSteps - DecaySteps;

    /// <summary>Makes the schedule.</summary>
    /// <param name="peak">The highest rate; finite and not negative.</param>
    /// <param name="warmupSteps">W, the first step with the peak; not negative.</param>
    /// <param name="decaySteps">D, the number of steps of the decay; from 1 to N − W.</param>
    /// <param name="totalSteps">N, the first step with the floor; more than W.</param>
    /// <param name="floor">The rate from that step on; from 0 to the peak.</param>
    /// <param name="anneal">The curve of the decay.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static WarmupStableDecay Of(
        double peak,
        long warmupSteps,
        long decaySteps,
        long totalSteps,
        double floor = 0,
        Anneal anneal = Anneal.Linear) =>
        Check(peak, warmupSteps, totalSteps, floor)
            .Require(
                decaySteps >= 1 && decaySteps <= totalSteps - warmupSteps,
                nameof(decaySteps),
                decaySteps,
                $"from 1 to the {totalSteps - warmupSteps} steps after the warm-up")
            .Require(anneal)
            .Make(() => new WarmupStableDecay(peak, warmupSteps, decaySteps, totalSteps, floor, anneal))
            .OrThrow(nameof(WarmupStableDecay));

    /// <inheritdoc/>
    private protected override double Decay(double progress) => Anneal.Between(Peak, Floor, progress);
}
