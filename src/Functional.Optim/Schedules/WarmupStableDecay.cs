namespace Functional.Optim;

/// <summary>
/// Warm-up, then the peak until the last steps, then a decay to the floor (WSD): linear, cosine, 1 − √p or 1 − p².
/// Nothing before the decay depends on the end, so a run can be continued from any step at the peak.
/// </summary>
/// <remarks>
/// Hu et al., "MiniCPM: unveiling the potential of small language models with scalable training strategies", 2024,
/// <see href="https://arxiv.org/abs/2404.06395">arXiv:2404.06395</see>. The shapes of the decay: Hägele et al.,
/// "Scaling laws and compute-optimal training beyond fixed training durations", 2024,
/// <see href="https://arxiv.org/abs/2405.18392">arXiv:2405.18392</see>. Transformers' get_wsd_schedule is that of
/// <see cref="Schedule.ZeroBased"/> with <c>start</c> = floor; with another number of cosine periods its decay is a
/// <see cref="WarmupCosine"/> after a warm-up. kozistr's decays, but the cosine, fall to 0 and then jump up to the
/// floor: a schedule without a floor, <c>.Then(floor, totalSteps)</c>.
/// </remarks>
public sealed record WarmupStableDecay : WarmupDecay
{
    private WarmupStableDecay(
        double peak, long warmupSteps, long decaySteps, long totalSteps, double floor, Anneal anneal, double start,
        Anneal warmupAnneal)
        : base(peak, warmupSteps, totalSteps, floor, start) =>
        (DecaySteps, Anneal, WarmupAnneal) = (decaySteps, anneal, warmupAnneal);

    /// <summary>D, the number of steps of the decay, which ends at step N.</summary>
    public long DecaySteps { get; }

    /// <summary>The curve of the decay.</summary>
    public Anneal Anneal { get; }

    /// <summary>The curve of the warm-up, which is that of a decay backwards.</summary>
    public Anneal WarmupAnneal { get; }

    /// <inheritdoc/>
    private protected override long DecayStart => TotalSteps - DecaySteps;

    /// <inheritdoc/>
    private protected override Anneal Rise => WarmupAnneal;

    /// <summary>Makes the schedule.</summary>
    /// <param name="peak">The highest rate; finite and not negative.</param>
    /// <param name="warmupSteps">W, the first step with the peak; not negative.</param>
    /// <param name="decaySteps">D, the number of steps of the decay; from 1 to N − W.</param>
    /// <param name="totalSteps">N, the first step with the floor; more than W.</param>
    /// <param name="floor">The rate from that step on; from 0 to the peak.</param>
    /// <param name="anneal">The curve of the decay. Transformers: decay_type.</param>
    /// <param name="start">The rate at step 0 of a warm-up; from 0 to the peak.</param>
    /// <param name="warmupAnneal">
    /// The curve of the warm-up, which is that of a decay backwards. Transformers: warmup_type.
    /// </param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static WarmupStableDecay Of(
        double peak,
        long warmupSteps,
        long decaySteps,
        long totalSteps,
        double floor = 0,
        Anneal anneal = Anneal.Linear,
        double start = 0,
        Anneal warmupAnneal = Anneal.Linear) =>
        Check(peak, warmupSteps, totalSteps, floor, start)
            .Require(
                decaySteps >= 1 && decaySteps <= totalSteps - warmupSteps,
                nameof(decaySteps),
                decaySteps,
                $"from 1 to the {totalSteps - warmupSteps} steps after the warm-up")
            .Require(anneal)
            .Require(warmupAnneal)
            .Checked(() => new WarmupStableDecay(
                peak, warmupSteps, decaySteps, totalSteps, floor, anneal, start, warmupAnneal))
            .OrThrow(nameof(WarmupStableDecay));

    /// <inheritdoc/>
    private protected override double Decay(double progress) => Anneal.Between(Peak, Floor, progress);
}
