namespace Functional.Optim;

/// <summary>
/// Warm-up, then half a cosine period c times, each over the same part of the steps left: η = floor + (peak −
/// floor)·(1 + cos π·frac(c·p)) / 2 with the progress p in [0, 1), and the floor from step N on. Transformers'
/// get_cosine_with_hard_restarts_schedule_with_warmup is that of <see cref="Schedule.ZeroBased"/>.
/// </summary>
/// <remarks>
/// Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017,
/// <see href="https://arxiv.org/abs/1608.03983">arXiv:1608.03983</see>. Transformers finds a restart by the rounded
/// c·p, which can be below the integer that it is; with 22 cycles and more it may miss the peak. Here restarts are
/// exact. <see cref="CosineRestarts"/> has periods of a given length, which may grow.
/// </remarks>
public sealed record CosineHardRestarts : WarmupDecay
{
    private CosineHardRestarts(
        double peak, long warmupSteps, long totalSteps, long cycles, double floor, double start)
        : base(peak, warmupSteps, totalSteps, floor, start) => Cycles = cycles;

    /// <summary>c, the number of falls.</summary>
    public long Cycles { get; }

    /// <summary>Makes the schedule.</summary>
    /// <param name="peak">The highest rate; finite and not negative.</param>
    /// <param name="warmupSteps">W, the step with the peak; not negative.</param>
    /// <param name="totalSteps">N, the first step with the floor; more than W.</param>
    /// <param name="cycles">c, the number of falls from step W to step N; from 1 to N − W.</param>
    /// <param name="floor">The rate that each fall ends with; from 0 to the peak.</param>
    /// <param name="start">The rate at step 0 of a warm-up; from 0 to the peak.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static CosineHardRestarts Of(
        double peak, long warmupSteps, long totalSteps, long cycles, double floor = 0, double start = 0) =>
        Check(peak, warmupSteps, totalSteps, floor, start)
            .Require(
                cycles >= 1 && !(totalSteps > warmupSteps && cycles > totalSteps - warmupSteps), nameof(cycles), cycles,
                "from 1 to the steps of the decay")
            .Checked(() => new CosineHardRestarts(peak, warmupSteps, totalSteps, cycles, floor, start))
            .OrThrow(nameof(CosineHardRestarts));

    /// <summary>The progress in its cycle.</summary>
    private protected override double Progress(long since, long steps) =>
        (double)((Int128)since * Cycles % steps) / steps;

    /// <inheritdoc/>
    private protected override double Decay(double progress) => Anneal.Cosine.Between(Peak, Floor, progress);
}
