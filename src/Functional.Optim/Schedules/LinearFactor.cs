namespace Functional.Optim;

/// <summary>
/// A line from one fraction of the rate to another: η(k) = rate · (start + (end − start) · min(k / steps, 1));
/// torch's LinearLR, Optax's linear_schedule. torch rejects a start of 0, because its recursion divides by it, and
/// accumulates rounding; this is the closed form.
/// </summary>
public sealed record LinearFactor : FactorSchedule
{
    private LinearFactor(double rate, long steps, double startFactor, double endFactor)
        : base(rate) => (Steps, StartFactor, EndFactor) = (steps, startFactor, endFactor);

    /// <summary>The first step with the end factor.</summary>
    public long Steps { get; }

    /// <summary>The factor at step 0.</summary>
    public double StartFactor { get; }

    /// <summary>The factor from that step on.</summary>
    public double EndFactor { get; }

    /// <summary>Makes the schedule.</summary>
    /// <param name="rate">The base rate; finite and not negative.</param>
    /// <param name="steps">
    /// The first step with the end factor; 1 or more. torch: total_iters, which counts epochs and is 5 by default.
    /// </param>
    /// <param name="startFactor">The factor at step 0, in [0, 1].</param>
    /// <param name="endFactor">The factor from that step on, in [0, 1].</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static LinearFactor Of(double rate, long steps, double startFactor = 1.0 / 3, double endFactor = 1) =>
        Check(rate)
            .Require(steps, Bounds.AtLeast(1))
            .Require(startFactor, Bounds.UnitInterval)
            .Require(endFactor, Bounds.UnitInterval)
            .Checked(() => new LinearFactor(rate, steps, startFactor, endFactor))
            .OrThrow(nameof(LinearFactor));

    /// <inheritdoc/>
    protected internal override double? MaxRate => Rate * Math.Max(StartFactor, EndFactor);

    /// <inheritdoc/>
    private protected override double Factor(long step) =>
        Anneal.Linear.Between(StartFactor, EndFactor, (double)step / Steps);
}
