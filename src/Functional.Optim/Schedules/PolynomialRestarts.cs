namespace Functional.Optim;

/// <summary>
/// A polynomial decay from the peak to the floor, repeated, each period longer than the last by a factor:
/// η(k) = floor + (peakᵢ − floor)·(1 − (c / Tᵢ)^κ)^power, with c, Tᵢ, peakᵢ and κ as in <see cref="CosineRestarts"/>.
/// timm's PolyLRScheduler.
/// </summary>
/// <remarks>
/// timm's counts from 0 (<see cref="Schedule.ZeroBased"/>) and has one period and a power of ½ where not told.
/// </remarks>
public sealed record PolynomialRestarts : Restarts
{
    private PolynomialRestarts(
        double peak, long firstPeriod, double periodFactor, double floor, double peakFactor, long? cycles,
        double kDecay, double power)
        : base(peak, firstPeriod, periodFactor, floor, peakFactor, cycles, kDecay) => Power = power;

    /// <summary>The exponent of what is left; 1 is a line.</summary>
    public double Power { get; }

    /// <summary>Makes the schedule.</summary>
    /// <inheritdoc cref="CosineRestarts.Of"/>
    /// <param name="power">The exponent of what is left; finite and positive.</param>
    public static PolynomialRestarts Of(
        double peak, long firstPeriod, double periodFactor = 1, double floor = 0, double peakFactor = 1,
        long? cycles = null, double kDecay = 1, double power = 1) =>
        Check(peak, firstPeriod, periodFactor, floor, peakFactor, cycles, kDecay)
            .Require(power, Bounds.Positive)
            .Checked(() => new PolynomialRestarts(
                peak, firstPeriod, periodFactor, floor, peakFactor, cycles, kDecay, power))
            .OrThrow(nameof(PolynomialRestarts));

    /// <inheritdoc/>
    private protected override double Fall(double top, double progress) =>
        Anneal.Linear.Between(Floor, top, Math.Pow(1 - progress, Power));
}
