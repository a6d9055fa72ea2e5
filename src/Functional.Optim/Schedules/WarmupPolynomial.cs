namespace Functional.Optim;

/// <summary>
/// Warm-up, then a polynomial decay: η = floor + (peak − floor)·(1 − p)^power with the progress p in [0, 1].
/// Transformers' get_polynomial_decay_schedule_with_warmup is that of <see cref="Schedule.ZeroBased"/>, and with a
/// power of 1 and no floor its get_linear_schedule_with_warmup.
/// </summary>
public sealed record WarmupPolynomial : WarmupDecay
{
    private WarmupPolynomial(double peak, long warmupSteps, long totalSteps, double floor, double power, double start)
        : base(peak, warmupSteps, totalSteps, floor, start) => Power = power;

    /// <summary>The exponent; 1 is a line.</summary>
    public double Power { get; }

    /// <summary>Makes the schedule.</summary>
    /// <param name="peak">The highest rate; finite and not negative.</param>
    /// <param name="warmupSteps">W, the step with the peak; not negative.</param>
    /// <param name="totalSteps">N, the first step with the floor; more than W.</param>
    /// <param name="floor">The rate from that step on; from 0 to the peak.</param>
    /// <param name="power">The exponent; finite and positive.</param>
    /// <param name="start">The rate at step 0 of a warm-up; from 0 to the peak.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static WarmupPolynomial Of(
        double peak, long warmupSteps, long totalSteps, double floor = 0, double power = 2, double start = 0) =>
        Check(peak, warmupSteps, totalSteps, floor, start)
            .Require(power, Bounds.Positive)
            .Checked(() => new WarmupPolynomial(peak, warmupSteps, totalSteps, floor, power, start))
            .OrThrow(nameof(WarmupPolynomial));

    /// <inheritdoc/>
    private protected override double Decay(double progress) =>
        Floor + ((Peak - Floor) * Math.Pow(1 - progress, Power));
}
