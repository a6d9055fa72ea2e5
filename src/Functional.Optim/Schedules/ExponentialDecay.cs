namespace Functional.Optim;

/// <summary>
/// A constant ratio between successive rates, without an end: η(k) = rate · γᵏ; torch's ExponentialLR, Optax's
/// exponential_decay. <see cref="WarmupExponential"/> takes the rate at the end instead, and stays at it.
/// </summary>
public sealed record ExponentialDecay : FactorSchedule
{
    private ExponentialDecay(double rate, double gamma)
        : base(rate) => Gamma = gamma;

    /// <summary>γ, the ratio.</summary>
    public double Gamma { get; }

    /// <summary>Makes the schedule.</summary>
    /// <param name="rate">The rate at step 0; finite and not negative.</param>
    /// <param name="gamma">γ, the ratio, in (0, 1].</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static ExponentialDecay Of(double rate, double gamma) =>
        Check(rate)
            .Require(gamma, Bounds.AboveZeroToOne)
            .Checked(() => new ExponentialDecay(rate, gamma))
            .OrThrow(nameof(ExponentialDecay));

    /// <inheritdoc/>
    private protected override double Factor(long step) => Math.Pow(Gamma, step);
}
