namespace Functional.Optim;

/// <summary>
/// A fraction of the rate for the first steps, then the rate: η(k) = rate · factor for k &lt; steps, and
/// rate from there on; torch's ConstantLR. torch multiplies by 1 / factor at the end, which fails for a
/// factor of 0 and may miss the rate by rounding.
/// </summary>
public sealed record ConstantFactor : FactorSchedule
{
    private ConstantFactor(double rate, long steps, double initialFactor)
        : base(rate) => (Steps, InitialFactor) = (steps, initialFactor);

    /// <summary>The first step with the full rate.</summary>
    public long Steps { get; }

    /// <summary>The factor before that step.</summary>
    public double InitialFactor { get; }

    /// <summary>Makes the schedule.</summary>
    /// <param name="rate">The full rate; finite and not negative.</param>
    /// <param name="steps">
    /// The first step with the full rate; not negative. torch: total_iters, which counts epochs and is 5 by default.
    /// </param>
    /// <param name="initialFactor">The factor before that step, in [0, 1]. torch: factor.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static ConstantFactor Of(double rate, long steps, double initialFactor = 1.0 / 3) =>
        Check(rate).Require(steps, Bounds.AtLeast(0)).Require(initialFactor, Bounds.UnitInterval)
            .Checked(() => new ConstantFactor(rate, steps, initialFactor)).OrThrow(nameof(ConstantFactor));

    /// <inheritdoc/>
    private protected override double Factor(long step) => step < Steps ? InitialFactor : 1;
}
