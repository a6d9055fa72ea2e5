namespace Functional.Optim;

/// <summary>
/// Half a cosine period from the peak to the floor, repeated, each period longer than the last by a factor:
/// η(k) = floor + (peakᵢ − floor)·(1 + cos(π·(c / Tᵢ)^κ)) / 2, where c is the number of steps since the last restart,
/// Tᵢ = T₀·factorⁱ the period and peakᵢ = peak·peakFactorⁱ. torch's CosineAnnealingWarmRestarts, timm's
/// CosineLRScheduler and Optax's sgdr_schedule, which also takes a peak for each period.
/// </summary>
/// <remarks>
/// Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017,
/// <see href="https://arxiv.org/abs/1608.03983">arXiv:1608.03983</see>; the exponent κ: Zhang and Li, "k-decay", 2020,
/// <see href="https://arxiv.org/abs/2004.05909">arXiv:2004.05909</see>. When torch is given an epoch, and in timm, the
/// period is found by a rounded logarithm, which can be one too low at a restart. Here a period whose factor is an
/// integer is exact. timm's counts from 0 (<see cref="Schedule.ZeroBased"/>), has one period where not told
/// (<c>cycles</c>), and its warm-up is <c>Schedule.LinearWarmup(peak, W, start).Then(restarts, W)</c> with
/// warmup_prefix; without it the curve is entered at step W as if it had run since step 0:
/// <c>.Then(restarts.Skip(W − 1), W − 1)</c>.
/// </remarks>
public sealed record CosineRestarts : Restarts
{
    private CosineRestarts(
        double peak, long firstPeriod, double periodFactor, double floor, double peakFactor, long? cycles,
        double kDecay)
        : base(peak, firstPeriod, periodFactor, floor, peakFactor, cycles, kDecay)
    {
    }

    /// <summary>Makes the schedule.</summary>
    /// <param name="peak">The first rate; finite and not negative.</param>
    /// <param name="firstPeriod">T₀, the length of the first period in steps; 1 or more. torch: T_0.</param>
    /// <param name="periodFactor">
    /// The length of each period divided by that of the one before; from 1 to 1e15. torch: T_mult; timm: cycle_mul.
    /// </param>
    /// <param name="floor">The rate that each period decays to; from 0 to the peak. torch: eta_min.</param>
    /// <param name="peakFactor">
    /// The first rate of each period divided by that of the one before, in (0, 1]; one below the floor rises to it.
    /// timm: cycle_decay.
    /// </param>
    /// <param name="cycles">
    /// The number of periods, after which the rate is the floor; 1 or more, without an end where
    /// <see langword="null"/>. timm: cycle_limit.
    /// </param>
    /// <param name="kDecay">κ, the exponent of the progress; finite and positive. timm: k_decay.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static CosineRestarts Of(
        double peak, long firstPeriod, double periodFactor = 1, double floor = 0, double peakFactor = 1,
        long? cycles = null, double kDecay = 1) =>
        Check(peak, firstPeriod, periodFactor, floor, peakFactor, cycles, kDecay)
            .Checked(() => new CosineRestarts(peak, firstPeriod, periodFactor, floor, peakFactor, cycles, kDecay))
            .OrThrow(nameof(CosineRestarts));

    /// <inheritdoc/>
    private protected override double Fall(double top, double progress) => Anneal.Cosine.Between(top, Floor, progress);
}
