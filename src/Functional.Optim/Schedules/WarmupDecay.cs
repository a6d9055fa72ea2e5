namespace Functional.Optim;

/// <summary>
/// The base of schedules with a warm-up: a line up to the peak at step W, then a decay with the progress p = (k − S) /
/// (N − S) in [0, 1], then the floor. S is W, unless a schedule stays at the peak for some steps.
/// </summary>
public abstract record WarmupDecay : Schedule
{
    private protected WarmupDecay(double peak, long warmupSteps, long totalSteps, double floor) =>
        (Peak, WarmupSteps, TotalSteps, Floor) = (peak, warmupSteps, totalSteps, floor);

    /// <summary>The highest rate, reached at the end of the warm-up.</summary>
    public double Peak { get; }

    /// <summary>W, the step with the peak; 0 for no warm-up.</summary>
    public long WarmupSteps { get; }

    /// <summary>N, the first step with the floor.</summary>
    public long TotalSteps { get; }

    /// <summary>The rate from that step on.</summary>
    public double Floor { get; }

    /// <inheritdoc/>
    protected internal override double? MaxRate => Peak;

    /// <inheritdoc/>
    protected internal sealed override double RateAt(long step)
    {
        if (step <= DecayStart) return Optim.LinearWarmup.RateAt(Peak, WarmupSteps, step);
        if (step >= TotalSteps) return Floor;
        double progress = (double)(step - DecayStart) / (TotalSteps - DecayStart);
        return Math.Clamp(Decay(progress), Floor, Peak);
    }

    /// <summary>S, the last step at the peak.</summary>
    private protected virtual long DecayStart => WarmupSteps;

    /// <summary>The rate at a progress in (0, 1).</summary>
    private protected abstract double Decay(double progress);

    private protected static ValidationErrors Check(
        double peak, long warmupSteps, long totalSteps, double floor) => new ValidationErrors()
        .Require(peak, Bounds.NotNegative)
        .Require(warmupSteps, Bounds.AtLeast(0))
        .Require(totalSteps > warmupSteps, nameof(totalSteps), totalSteps, $"more than the {warmupSteps} warm-up steps")
        .RequireFloor(floor, peak);
}
