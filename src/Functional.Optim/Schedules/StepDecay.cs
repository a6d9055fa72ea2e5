namespace Functional.Optim;

/// <summary>
/// Falls by a factor every so many steps: η(k) = rate · γ^⌊k / every⌋; torch's StepLR, Optax's exponential_decay with staircase. The
/// first fall is at At(every), so torch's count of updates before it is that of <see cref="Schedule.ZeroBased"/>. torch multiplies
/// the last rate by γ again at each fall, the same up to rounding.
/// </summary>
public sealed record StepDecay : FactorSchedule
{
    private StepDecay(double rate, long every, double gamma)
        : base(rate) => (Every, Gamma) = (every, gamma);

    /// <summary>The steps from one fall to the next.</summary>
    public long Every { get; }

    /// <summary>γ.</summary>
    public double Gamma { get; }

    /// <summary>The schedule.</summary>
    /// <param name="rate">The rate before the first fall; finite and not negative.</param>
    /// <param name="every">The steps from one fall to the next; 1 or more. torch: step_size.</param>
    /// <param name="gamma">γ, in (0, 1].</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static StepDecay Of(double rate, long every, double gamma = 0.1) =>
        Check(rate).Require(every, Bounds.AtLeast(1)).Require(gamma, Bounds.AboveZeroToOne)
            .Make(() => new StepDecay(rate, every, gamma)).OrThrow(nameof(StepDecay));

    /// <inheritdoc/>
    private protected override double Factor(long step) => Math.Pow(Gamma, step / Every);
}
