namespace Functional.Optim;

/// <summary>
/// Warm-up, then a decay with the inverse square root of the step, without an end: η(k) = peak · min(k / W, √(W / k)).
/// fairseq's inverse_sqrt, and Transformers' get_inverse_sqrt_schedule with its default time scale, W.
/// </summary>
/// <remarks>
/// Vaswani et al., "Attention is all you need", 2017,
/// <see href="https://arxiv.org/abs/1706.03762">arXiv:1706.03762</see>, with peak = 1 / √(width · W).
/// </remarks>
public sealed record InverseSquareRoot : Schedule
{
    private InverseSquareRoot(double peak, long warmupSteps) => (Peak, WarmupSteps) = (peak, warmupSteps);

    /// <summary>The highest rate.</summary>
    public double Peak { get; }

    /// <summary>W, the step with the highest rate.</summary>
    public long WarmupSteps { get; }

    /// <summary>Makes the schedule.</summary>
    /// <param name="peak">The highest rate; finite and not negative.</param>
    /// <param name="warmupSteps">W, the step with the highest rate, and the time scale of the decay; 1 or more.</param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static InverseSquareRoot Of(double peak, long warmupSteps) =>
        new ValidationErrors()
            .Require(peak, Bounds.NotNegative)
            .Require(warmupSteps, Bounds.AtLeast(1))
            .Make(() => new InverseSquareRoot(peak, warmupSteps))
            .OrThrow(nameof(InverseSquareRoot));

    /// <inheritdoc/>
    protected internal override double? MaxRate => Peak;

    /// <inheritdoc/>
    protected internal override double RateAt(long step) =>
        Optim.LinearWarmup.RateAt(Peak, WarmupSteps, step) * Math.Sqrt(
            (double)WarmupSteps / Math.Max(step, WarmupSteps));
}
