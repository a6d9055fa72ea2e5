namespace Functional.Optim;

/// <summary>
/// Warm-up, then the inverse of the square root of the step, without an end: η(k) = peak · min(k / W, √(W / k)) (Vaswani et al., 2017, with
/// peak = 1 / √(width · W)); fairseq's inverse_sqrt, Transformers' get_inverse_sqrt_schedule with its default time scale, W.
/// </summary>
public sealed record InverseSquareRoot : Schedule
{
    private InverseSquareRoot(double peak, long warmupSteps) => (Peak, WarmupSteps) = (peak, warmupSteps);

    /// <summary>The highest rate.</summary>
    public double Peak { get; }

    /// <summary>W, the step that has it.</summary>
    public long WarmupSteps { get; }

    /// <summary>The schedule.</summary>
    /// <param name="peak">The highest rate; finite and not negative.</param>
    /// <param name="warmupSteps">W, the step that has it, and the scale of the fall; 1 or more.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static InverseSquareRoot Of(double peak, long warmupSteps) =>
        new ValidationErrors().Require(peak, Bounds.NotNegative).Require(warmupSteps, Bounds.AtLeast(1))
            .Make(() => new InverseSquareRoot(peak, warmupSteps)).OrThrow(nameof(InverseSquareRoot));

    /// <inheritdoc/>
    protected internal override double RateAt(long step) =>
        Optim.LinearWarmup.RateAt(Peak, WarmupSteps, step) * Math.Sqrt((double)WarmupSteps / Math.Max(step, WarmupSteps));
}
