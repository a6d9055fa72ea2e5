namespace Functional.Optim;

/// <summary>
/// The 1cycle policy: the rate rises from peak / divisor to the peak over the first part of the steps, then falls to
/// peak / (divisor · finalDivisor) at step N − 1. With three phases it first falls to peak / divisor, symmetric to the
/// rise, and then to the end. torch's OneCycleLR, whose N updates are those of <see cref="Schedule.ZeroBased"/>;
/// Optax's cosine_onecycle_schedule and linear_onecycle_schedule.
/// </summary>
/// <remarks>
/// Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2018,
/// <see href="https://arxiv.org/abs/1708.07120">arXiv:1708.07120</see>. As in torch, the rise ends at
/// rise·N − 1 and the symmetric fall at 2·(rise·N − 1), both fractions of a step. After N steps torch
/// throws; this schedule stays at the last rate.
/// </remarks>
public sealed record OneCycle : CycleSchedule
{
    private OneCycle(
        double peak,
        long totalSteps,
        double rise,
        Anneal anneal,
        double divisor,
        double finalDivisor,
        bool threePhases)
    {
        (Peak, TotalSteps, Rise, Anneal) = (peak, totalSteps, rise, anneal);
        (Divisor, FinalDivisor, ThreePhases) = (divisor, finalDivisor, threePhases);
    }

    /// <summary>The highest rate.</summary>
    public double Peak { get; }

    /// <summary>N, the number of steps; step N − 1 is the first with the last rate.</summary>
    public long TotalSteps { get; }

    /// <summary>The fraction of the steps in which the rate rises.</summary>
    public double Rise { get; }

    /// <summary>The curve of each phase.</summary>
    public Anneal Anneal { get; }

    /// <summary>The peak divided by the first rate.</summary>
    public double Divisor { get; }

    /// <summary>The first rate divided by the last.</summary>
    public double FinalDivisor { get; }

    /// <summary>
    /// Whether the fall is symmetric to the rise and a third phase follows, from the first rate to the last.
    /// </summary>
    public bool ThreePhases { get; }

    /// <summary>Makes the schedule.</summary>
    /// <param name="peak">The highest rate; finite and not negative. torch: max_lr.</param>
    /// <param name="totalSteps">N, the number of steps; 1 or more.</param>
    /// <param name="rise">
    /// The fraction of the steps in which the rate rises, in [0, 1); at most 0.5 with three phases. torch: pct_start.
    /// </param>
    /// <param name="anneal">The curve of each phase. torch: anneal_strategy, cosine or linear.</param>
    /// <param name="divisor">The peak divided by the first rate; finite, 1 or more. torch: div_factor.</param>
    /// <param name="finalDivisor">
    /// The first rate divided by the last; finite, at least 1 / divisor. torch: final_div_factor.
    /// </param>
    /// <param name="threePhases">
    /// Whether the fall is symmetric to the rise and a third phase follows. torch: three_phase.
    /// </param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public static OneCycle Of(
        double peak,
        long totalSteps,
        double rise = 0.3,
        Anneal anneal = Anneal.Cosine,
        double divisor = 25,
        double finalDivisor = 1e4,
        bool threePhases = false) => new ValidationErrors()
        .Require(peak, Bounds.NotNegative)
        .Require(totalSteps, Bounds.AtLeast(1))
        .Require(rise, Bounds.HalfOpenUnitInterval)
        .Require(!(threePhases && rise > 0.5), nameof(rise), rise, "at most 0.5 with three phases")
        .Require(anneal)
        .Require(double.IsFinite(divisor) && divisor >= 1, nameof(divisor), divisor, "finite, 1 or more")
        .Require(
            double.IsFinite(finalDivisor) && !(finalDivisor * divisor < 1),
            nameof(finalDivisor),
            finalDivisor,
            "finite, at least 1 / divisor")
        .Checked(() => new OneCycle(peak, totalSteps, rise, anneal, divisor, finalDivisor, threePhases))
        .OrThrow(nameof(OneCycle));

    /// <summary>
    /// The momentum (or β₁) for this schedule: it falls while the rate rises, and rises
    /// while the rate falls. A third phase keeps it.
    /// </summary>
    /// <param name="lowest">The momentum at the peak, in [0, 1). torch: base_momentum.</param>
    /// <param name="highest">
    /// The momentum at the start and the end, in [0, 1), not below the lowest. torch: max_momentum.
    /// </param>
    /// <exception cref="ArgumentException">A value is out of range; every error is listed.</exception>
    public Schedule Momentum(double lowest = 0.85, double highest = 0.95) => MomentumBetween(lowest, highest);

    /// <inheritdoc/>
    protected internal override double? MaxRate => Peak;

    /// <inheritdoc/>
    protected internal override double RateAt(long step) =>
        LevelAt(step, Peak / Divisor, Peak, Peak / Divisor / FinalDivisor);

    /// <inheritdoc/>
    private protected override double LevelAt(long step, double start, double turn, double end)
    {
        double at = step, last = TotalSteps - 1, riseEnd = (Rise * TotalSteps) - 1, fallEnd = 2 * riseEnd;
        if (at >= last) return end;
        if (at < riseEnd) return Anneal.Between(start, turn, at / riseEnd);
        if (!ThreePhases) return Anneal.Between(turn, end, (at - riseEnd) / (last - riseEnd));
        return at < fallEnd
            ? Anneal.Between(turn, start, (at - riseEnd) / riseEnd)
            : Anneal.Between(start, end, (at - fallEnd) / (last - fallEnd));
    }
}
