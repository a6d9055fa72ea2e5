using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>
/// A decay by a factor at each milestone: η(k) = rate · γ^(number of milestones ≤ k); torch's MultiStepLR, Optax's
/// piecewise_constant_schedule. A milestone that is given twice counts twice, as in torch.
/// </summary>
public sealed record MultiStepDecay : FactorSchedule
{
    private MultiStepDecay(double rate, ImmutableArray<long> milestones, double gamma)
        : base(rate) => (Milestones, Gamma) = (milestones, gamma);

    /// <summary>The first steps with a lower rate.</summary>
    public ImmutableArray<long> Milestones { get; }

    /// <summary>γ, the factor.</summary>
    public double Gamma { get; }

    /// <summary>Makes the schedule.</summary>
    /// <param name="rate">The rate before the first milestone; finite and not negative.</param>
    /// <param name="milestones">The first steps with a lower rate; 0 or more, ascending.</param>
    /// <param name="gamma">γ, the factor, in (0, 1].</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static MultiStepDecay Of(double rate, IEnumerable<long> milestones, double gamma = 0.1)
    {
        ImmutableArray<long> steps = [.. milestones];
        return Check(rate).RequireRising(steps).Require(gamma, Bounds.AboveZeroToOne)
            .Checked(() => new MultiStepDecay(rate, steps, gamma)).OrThrow(nameof(MultiStepDecay));
    }

    /// <inheritdoc/>
    public bool Equals(MultiStepDecay? other) =>
        base.Equals(other) && Gamma.Equals(other!.Gamma) && Milestones.SequenceEqual(other.Milestones);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Gamma, Milestones.Length);

    /// <inheritdoc/>
    private protected override double Factor(long step) => Math.Pow(Gamma, Milestones.Passed(step));
}
