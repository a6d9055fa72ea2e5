namespace Functional.Optim;

/// <summary>
/// A decay by a factor at equal distances: η(k) = rate · γ^⌊k / every⌋; torch's StepLR, Optax's
/// exponential_decay with staircase. The first lower rate is At(every), so torch's number of updates
/// before it is that of <see cref="Schedule.ZeroBased"/>. torch multiplies the last rate by γ again
/// each time, which is the same up to rounding.
/// </summary>
public sealed record StepDecay : FactorSchedule
{
    private StepDecay(double rate, long every, double gamma)
        : base(rate) => (Every, Gamma) = (every, gamma);

    /// <summary>The number of steps from one decay to the next.</summary>
    public long Every { get; }

    /// <summary>γ, the factor.</summary>
    public double Gamma { get; }

    /// <summary>Makes the schedule.</summary>
    /// <param name="rate">The rate before the first decay; finite and not negative.</param>
    /// <param name="every">The number of steps from one decay to the next; 1 or more. torch: step_size.</param>
    /// <param name="gamma">γ, the factor, in (0, 1].</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static StepDecay Of(double rate, long every, double gamma = 0.1) =>
        Check(rate).Require(every, Bounds.AtLeast(1)).Require(gamma, Bounds.AboveZeroToOne)
            .Checked(() => new StepDecay(rate, every, gamma)).OrThrow(nameof(StepDecay));

    /// <inheritdoc/>
    private protected override double Factor(long step) => Math.Pow(Gamma, step / Every);
}
