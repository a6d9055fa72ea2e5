namespace Functional.Optim;

/// <summary>
/// Half a cosine period from the peak to the floor, repeated; each period is a factor longer than the last:
/// η(k) = floor + (peak − floor)·(1 + cos(π·c / T)) / 2, where c is the number of steps since the last restart and T is
/// the period. torch's CosineAnnealingWarmRestarts and Optax's sgdr_schedule, which also takes a peak for each period.
/// </summary>
/// <remarks>
/// Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017,
/// <see href="https://arxiv.org/abs/1608.03983">arXiv:1608.03983</see>. When torch is given an epoch, it finds the
/// period by a rounded logarithm, which can be one too low at a restart. Here the period is exact.
/// </remarks>
public sealed record CosineRestarts : Schedule
{
    private CosineRestarts(double peak, long firstPeriod, long periodFactor, double floor) =>
        (Peak, FirstPeriod, PeriodFactor, Floor) = (peak, firstPeriod, periodFactor, floor);

    /// <summary>The rate at each restart.</summary>
    public double Peak { get; }

    /// <summary>T₀, the length of the first period.</summary>
    public long FirstPeriod { get; }

    /// <summary>The length of each period divided by that of the one before.</summary>
    public long PeriodFactor { get; }

    /// <summary>The rate that each period decays to; the restart comes at the step that would reach it.</summary>
    public double Floor { get; }

    /// <summary>Makes the schedule.</summary>
    /// <param name="peak">The rate at each restart; finite and not negative.</param>
    /// <param name="firstPeriod">T₀, the length of the first period in steps; 1 or more. torch: T_0.</param>
    /// <param name="periodFactor">
    /// The length of each period divided by that of the one before; 1 or more. torch: T_mult.
    /// </param>
    /// <param name="floor">The rate that each period decays to; from 0 to the peak. torch: eta_min.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static CosineRestarts Of(double peak, long firstPeriod, long periodFactor = 1, double floor = 0) =>
        new ValidationErrors()
            .Require(peak, Bounds.NotNegative)
            .Require(firstPeriod, Bounds.AtLeast(1))
            .Require(periodFactor, Bounds.AtLeast(1))
            .RequireFloor(floor, peak)
            .Make(() => new CosineRestarts(peak, firstPeriod, periodFactor, floor))
            .OrThrow(nameof(CosineRestarts));

    /// <inheritdoc/>
    protected internal override double? MaxRate => Peak;

    /// <inheritdoc/>
    protected internal override double RateAt(long step)
    {
        (long since, Int128 period) = PeriodFactor == 1 ? (step % FirstPeriod, FirstPeriod) : Growing(step);
        return Anneal.Cosine.Between(Peak, Floor, since / (double)period);
    }

    /// <summary>
    /// With a factor of 2 or more at most 63 periods end before the last step, and the next one fits in 128 bits.
    /// </summary>
    private (long Since, Int128 Period) Growing(long step)
    {
        Int128 period = FirstPeriod;
        for (; step >= period; period *= PeriodFactor) step -= (long)period;
        return (step, period);
    }
}
