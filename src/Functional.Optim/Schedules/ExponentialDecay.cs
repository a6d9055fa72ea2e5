namespace Functional.Optim;

/// <summary>
/// The same ratio from each step to the next, without an end: η(k) = rate · γᵏ; torch's ExponentialLR, Optax's exponential_decay.
/// <see cref="WarmupExponential"/> is told where it ends instead, and stays there.
/// </summary>
public sealed record ExponentialDecay : FactorSchedule
{
    private ExponentialDecay(double rate, double gamma)
        : base(rate) => Gamma = gamma;

    /// <summary>γ.</summary>
    public double Gamma { get; }

    /// <summary>The schedule.</summary>
    /// <param name="rate">The rate at step 0; finite and not negative.</param>
    /// <param name="gamma">γ, in (0, 1].</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static ExponentialDecay Of(double rate, double gamma) =>
        Check(rate).Require(gamma, Bounds.AboveZeroToOne).Make(() => new ExponentialDecay(rate, gamma)).OrThrow(nameof(ExponentialDecay));

    /// <inheritdoc/>
    private protected override double Factor(long step) => Math.Pow(Gamma, step);
}
