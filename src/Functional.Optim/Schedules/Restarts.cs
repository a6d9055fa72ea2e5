namespace Functional.Optim;

/// <summary>
/// The base of schedules that fall from the peak to the floor again and again: period i has T₀·factorⁱ steps and starts
/// at peak·peakFactorⁱ.
/// </summary>
public abstract record Restarts : Schedule
{
    private protected Restarts(
        double peak, long firstPeriod, double periodFactor, double floor, double peakFactor, long? cycles,
        double kDecay)
    {
        (Peak, FirstPeriod, PeriodFactor, Floor) = (peak, firstPeriod, periodFactor, floor);
        (PeakFactor, Cycles, KDecay) = (peakFactor, cycles, kDecay);
    }

    /// <summary>The first rate.</summary>
    public double Peak { get; }

    /// <summary>T₀, the length of the first period.</summary>
    public long FirstPeriod { get; }

    /// <summary>The length of each period divided by that of the one before.</summary>
    public double PeriodFactor { get; }

    /// <summary>The rate that each period decays to; the restart comes at the step that would reach it.</summary>
    public double Floor { get; }

    /// <summary>The first rate of each period divided by that of the one before.</summary>
    public double PeakFactor { get; }

    /// <summary>The number of periods; <see langword="null"/> without an end.</summary>
    public long? Cycles { get; }

    /// <summary>κ, the exponent of the progress in a period.</summary>
    public double KDecay { get; }

    /// <inheritdoc/>
    protected internal sealed override double? MaxRate =>
        PeakFactor <= 1 ? Peak : Cycles is { } cycles ? Peak * Math.Pow(PeakFactor, cycles - 1) : null;

    /// <inheritdoc/>
    protected internal sealed override double RateAt(long step)
    {
        (double since, double period, double cycle) = PeriodFactor switch
        {
            1 => (step % FirstPeriod, FirstPeriod, step / FirstPeriod),
            _ when double.IsInteger(PeriodFactor) => Exact(step),
            _ => Rounded(step),
        };
        return cycle >= Cycles
            ? Floor
            : Fall(Peak * Math.Pow(PeakFactor, cycle), Math.Pow(since / period, KDecay));
    }

    /// <summary>The rate between the first one of a period and the floor.</summary>
    private protected abstract double Fall(double top, double progress);

    private protected static ValidationErrors Check(
        double peak, long firstPeriod, double periodFactor, double floor, double peakFactor, long? cycles,
        double kDecay) => new ValidationErrors()
        .Require(peak, Bounds.NotNegative)
        .Require(firstPeriod, Bounds.AtLeast(1))
        .Require(periodFactor is >= 1 and <= 1e15, nameof(periodFactor), periodFactor, AllowedPeriodFactor)
        .RequireFloor(floor, peak)
        .Require(peakFactor, Bounds.AboveZeroToOne)
        .Require(cycles ?? 1, Bounds.AtLeast(1), nameof(cycles))
        .Require(kDecay, Bounds.Positive);

    /// <summary>What is allowed of the factor of the periods.</summary>
    internal const string AllowedPeriodFactor = "from 1 to 1e15";

    /// <summary>
    /// With a factor of 2 or more at most 63 periods end before the last step, and the next one fits in 128 bits.
    /// </summary>
    private (double Since, double Period, double Cycle) Exact(long step)
    {
        Int128 period = FirstPeriod, factor = (Int128)PeriodFactor;
        int cycle = 0;
        for (; step >= period; period *= factor, cycle++) step -= (long)period;
        return (step, (double)period, cycle);
    }

    /// <summary>The period by a logarithm, and then the one before or after where rounding has missed it.</summary>
    private (double Since, double Period, double Cycle) Rounded(long step)
    {
        double growth = PeriodFactor - 1;
        double cycle = Math.Floor(Math.Log(1 + (step * growth / FirstPeriod)) / Math.Log(PeriodFactor));
        if (cycle > 0 && StartOf(cycle) > step) cycle--;
        if (StartOf(cycle + 1) <= step) cycle++;
        return (step - StartOf(cycle), FirstPeriod * Math.Pow(PeriodFactor, cycle), cycle);

        double StartOf(double index) => FirstPeriod * ((Math.Pow(PeriodFactor, index) - 1) / growth);
    }
}
