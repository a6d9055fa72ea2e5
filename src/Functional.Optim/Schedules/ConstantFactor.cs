namespace Functional.Optim;

/// <summary>
/// A part of the rate for the first steps, then all of it: η(k) = rate · factor for k &lt; steps, rate from there on; torch's
/// ConstantLR. torch multiplies by 1 / factor at the end, which fails for a factor of 0 and may miss the rate by its rounding.
/// </summary>
public sealed record ConstantFactor : FactorSchedule
{
    private ConstantFactor(double rate, long steps, double initialFactor)
        : base(rate) => (Steps, InitialFactor) = (steps, initialFactor);

    /// <summary>The step that first has the whole rate.</summary>
    public long Steps { get; }

    /// <summary>The factor before.</summary>
    public double InitialFactor { get; }

    /// <summary>The schedule.</summary>
    /// <param name="rate">The whole rate; finite and not negative.</param>
    /// <param name="steps">The step that first has it; not negative. torch: total_iters, with a default of 5 that counts epochs.</param>
    /// <param name="initialFactor">The factor before, in [0, 1]. torch: factor.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static ConstantFactor Of(double rate, long steps, double initialFactor = 1.0 / 3) =>
        Check(rate).Require(steps, Bounds.AtLeast(0)).Require(initialFactor, Bounds.UnitInterval)
            .Make(() => new ConstantFactor(rate, steps, initialFactor)).OrThrow(nameof(ConstantFactor));

    /// <inheritdoc/>
    private protected override double Factor(long step) => step < Steps ? InitialFactor : 1;
}
