namespace Functional.Optim;

/// <summary>
/// A line from one part of the rate to another: η(k) = rate · (start + (end − start) · min(k / steps, 1)); torch's LinearLR, Optax's
/// linear_schedule. torch refuses a start of 0, as its recursion divides by it, and gathers rounding; this is its closed form.
/// </summary>
public sealed record LinearFactor : FactorSchedule
{
    private LinearFactor(double rate, long steps, double startFactor, double endFactor)
        : base(rate) => (Steps, StartFactor, EndFactor) = (steps, startFactor, endFactor);

    /// <summary>The step that first has the end.</summary>
    public long Steps { get; }

    /// <summary>The factor at step 0.</summary>
    public double StartFactor { get; }

    /// <summary>The factor at the end and after it.</summary>
    public double EndFactor { get; }

    /// <summary>The schedule.</summary>
    /// <param name="rate">The base rate; finite and not negative.</param>
    /// <param name="steps">The step that first has the end; 1 or more. torch: total_iters, with a default of 5 that counts epochs.</param>
    /// <param name="startFactor">The factor at step 0, in [0, 1].</param>
    /// <param name="endFactor">The factor at the end and after it, in [0, 1].</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static LinearFactor Of(double rate, long steps, double startFactor = 1.0 / 3, double endFactor = 1) =>
        Check(rate).Require(steps, Bounds.AtLeast(1)).Require(startFactor, Bounds.UnitInterval).Require(endFactor, Bounds.UnitInterval)
            .Make(() => new LinearFactor(rate, steps, startFactor, endFactor)).OrThrow(nameof(LinearFactor));

    /// <inheritdoc/>
    private protected override double Factor(long step) => Anneal.Linear.Between(StartFactor, EndFactor, (double)step / Steps);
}
