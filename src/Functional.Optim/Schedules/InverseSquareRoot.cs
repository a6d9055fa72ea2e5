namespace Functional.Optim;

/// <summary>
/// Warm-up, then a decay with the inverse square root of the step, without an end: η(k) = peak · k / W up to step W,
/// and peak · √(s / (k − W + s)) after it. With the time scale s = W that is peak · √(W / k): fairseq's inverse_sqrt.
/// Transformers' get_inverse_sqrt_schedule is that of <see cref="Schedule.ZeroBased"/>.
/// </summary>
/// <remarks>
/// Vaswani et al., "Attention is all you need", 2017,
/// <see href="https://arxiv.org/abs/1706.03762">arXiv:1706.03762</see>, with peak = 1 / √(width · W). Without a warm-up
/// and a time scale, Transformers' is 10000.
/// </remarks>
public sealed record InverseSquareRoot : Schedule
{
    private InverseSquareRoot(double peak, long warmupSteps, long timeScale) =>
        (Peak, WarmupSteps, TimeScale) = (peak, warmupSteps, timeScale);

    /// <summary>The highest rate.</summary>
    public double Peak { get; }

    /// <summary>W, the step with the highest rate; 0 for no warm-up.</summary>
    public long WarmupSteps { get; }

    /// <summary>s, the time scale of the decay: 3·s steps after step W the rate has halved.</summary>
    public long TimeScale { get; }

    /// <summary>Makes the schedule.</summary>
    /// <param name="peak">The highest rate; finite and not negative.</param>
    /// <param name="warmupSteps">W, the step with the highest rate; 1 or more, or 0 with a time scale.</param>
    /// <param name="timeScale">
    /// s, the time scale of the decay; 1 or more, W where <see langword="null"/>. Transformers: timescale.
    /// </param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static InverseSquareRoot Of(double peak, long warmupSteps, long? timeScale = null) =>
        new ValidationErrors()
            .Require(peak, Bounds.NotNegative)
            .Require(
                warmupSteps >= (timeScale is null ? 1 : 0), nameof(warmupSteps), warmupSteps, AllowedWarmupSteps)
            .Require(timeScale ?? 1, Bounds.AtLeast(1), nameof(timeScale))
            .Checked(() => new InverseSquareRoot(peak, warmupSteps, timeScale ?? warmupSteps))
            .OrThrow(nameof(InverseSquareRoot));

    /// <summary>What is allowed of the steps of the warm-up.</summary>
    internal const string AllowedWarmupSteps = "1 or more, or 0 with a time scale";

    /// <inheritdoc/>
    protected internal override double? MaxRate => Peak;

    /// <inheritdoc/>
    protected internal override double RateAt(long step) => step <= WarmupSteps
        ? Optim.LinearWarmup.RateAt(Peak, WarmupSteps, 0, step)
        : Peak * Math.Sqrt(TimeScale / (double)((Int128)step - WarmupSteps + TimeScale));
}
