namespace Functional.Optim;

/// <summary>
/// Warm-up, then half a cosine period: η = floor + (peak − floor)·(1 + cos 2πcp) / 2 with the progress p in [0, 1] and
/// c = ½, or another number of periods.
/// </summary>
/// <remarks>
/// Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017,
/// <see href="https://arxiv.org/abs/1608.03983">arXiv:1608.03983</see>, without restarts. Transformers'
/// get_cosine_schedule_with_warmup and get_cosine_with_min_lr_schedule_with_warmup are those of
/// <see cref="Schedule.ZeroBased"/>, and go on after step N, where the rate rises again: <c>continues</c>. Its
/// get_cosine_with_min_lr_schedule_with_warmup_lr_rate counts from 1, as here; with a <c>warmup_lr_rate</c> a it is the
/// zero-based one with W − 1, N − 1 and <c>start</c> = a·peak.
/// </remarks>
public sealed record WarmupCosine : WarmupDecay
{
    private WarmupCosine(
        double peak, long warmupSteps, long totalSteps, double floor, double start, double cycles, bool continues)
        : base(peak, warmupSteps, totalSteps, floor, start) => (Cycles, Continues) = (cycles, continues);

    /// <summary>c, the number of cosine periods from step W to step N.</summary>
    public double Cycles { get; }

    /// <summary>Whether the cosine goes on after step N.</summary>
    public bool Continues { get; }

    /// <inheritdoc/>
    private protected override bool GoesOn => Continues;

    /// <inheritdoc/>
    private protected override double End => Decay(1);

    /// <summary>Makes the schedule.</summary>
    /// <param name="peak">The highest rate; finite and not negative.</param>
    /// <param name="warmupSteps">W, the step with the peak; not negative.</param>
    /// <param name="totalSteps">N, the last step of the decay; more than W.</param>
    /// <param name="floor">The lowest rate of the decay; from 0 to the peak.</param>
    /// <param name="start">The rate at step 0 of a warm-up; from 0 to the peak.</param>
    /// <param name="cycles">
    /// c, the number of cosine periods from step W to step N; above 0, at most N − W. Transformers: num_cycles.
    /// </param>
    /// <param name="continues">
    /// Whether the cosine goes on after step N, as in torch and Transformers, or the rate stays.
    /// </param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static WarmupCosine Of(
        double peak, long warmupSteps, long totalSteps, double floor = 0, double start = 0, double cycles = 0.5,
        bool continues = false) =>
        Check(peak, warmupSteps, totalSteps, floor, start)
            .Require(
                cycles > 0 && !(cycles > Math.Max((double)totalSteps - warmupSteps, 1)), nameof(cycles), cycles,
                "above 0, at most the steps of the decay")
            .Checked(() => new WarmupCosine(peak, warmupSteps, totalSteps, floor, start, cycles, continues))
            .OrThrow(nameof(WarmupCosine));

    /// <summary>Half a period falls and the next one rises.</summary>
    private protected override double Decay(double progress) =>
        Anneal.Cosine.Between(Peak, Floor, Math.Abs(Math.IEEERemainder(2 * Cycles * progress, 2)));
}
