namespace Functional.Optim;

/// <summary>
/// Half a cosine from the peak to the floor, again and again, each period a factor longer than the last:
/// η(k) = floor + (peak − floor)·(1 + cos(π·c / T)) / 2, c the steps since the last restart, T the period (SGDR, Loshchilov and Hutter,
/// 2017); torch's CosineAnnealingWarmRestarts, Optax's sgdr_schedule (which also takes a peak for each period). torch finds the period
/// of an epoch it is given by a rounded logarithm, which can be one too low at a restart; here it is exact.
/// </summary>
public sealed record CosineRestarts : Schedule
{
    private CosineRestarts(double peak, long firstPeriod, long periodFactor, double floor) =>
        (Peak, FirstPeriod, PeriodFactor, Floor) = (peak, firstPeriod, periodFactor, floor);

    /// <summary>The rate at each restart.</summary>
    public double Peak { get; }

    /// <summary>T₀, the step of the first restart.</summary>
    public long FirstPeriod { get; }

    /// <summary>How many times longer each period is than the last.</summary>
    public long PeriodFactor { get; }

    /// <summary>What each period falls towards; the restart comes where it would be reached.</summary>
    public double Floor { get; }

    /// <summary>The schedule.</summary>
    /// <param name="peak">The rate at each restart; finite and not negative.</param>
    /// <param name="firstPeriod">T₀, the step of the first restart; 1 or more. torch: T_0.</param>
    /// <param name="periodFactor">How many times longer each period is than the last; 1 or more. torch: T_mult.</param>
    /// <param name="floor">What each period falls towards; from 0 to the peak. torch: eta_min.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static CosineRestarts Of(double peak, long firstPeriod, long periodFactor = 1, double floor = 0) =>
        new ValidationErrors().Require(peak, Bounds.NotNegative).Require(firstPeriod, Bounds.AtLeast(1)).Require(periodFactor, Bounds.AtLeast(1))
            .RequireFloor(floor, peak)
            .Make(() => new CosineRestarts(peak, firstPeriod, periodFactor, floor)).OrThrow(nameof(CosineRestarts));

    /// <inheritdoc/>
    protected internal override double RateAt(long step)
    {
        (long since, Int128 period) = PeriodFactor == 1 ? (step % FirstPeriod, FirstPeriod) : Growing(step);
        return Anneal.Cosine.Between(Peak, Floor, since / (double)period);
    }

    /// <summary>Periods that at least double are 63 at most before the last step; the first one longer than that fits 128 bits.</summary>
    private (long Since, Int128 Period) Growing(long step)
    {
        Int128 period = FirstPeriod;
        for (; step >= period; period *= PeriodFactor) step -= (long)period;
        return (step, period);
    }
}
