namespace Functional.Optim;

/// <summary>
/// The base of schedules with a warm-up: a line up to the peak at step W, then a decay with the progress p = (k − S) /
/// (N − S) in [0, 1], then the floor. S is W, unless a schedule stays at the peak for some steps.
/// </summary>
public abstract record WarmupDecay : Schedule
{
    private protected WarmupDecay(double peak, long warmupSteps, long totalSteps, double floor, double start) =>
        (Peak, WarmupSteps, TotalSteps, Floor, Start) = (peak, warmupSteps, totalSteps, floor, start);

    /// <summary>The highest rate, reached at the end of the warm-up.</summary>
    public double Peak { get; }

    /// <summary>W, the step with the peak; 0 for no warm-up.</summary>
    public long WarmupSteps { get; }

    /// <summary>N, the first step with the floor.</summary>
    public long TotalSteps { get; }

    /// <summary>The rate from that step on.</summary>
    public double Floor { get; }

    /// <summary>The rate at step 0 of a warm-up.</summary>
    public double Start { get; }

    /// <inheritdoc/>
    protected internal override double? MaxRate => Peak;

    /// <inheritdoc/>
    protected internal sealed override double RateAt(long step)
    {
        if (step <= DecayStart) return Optim.LinearWarmup.RateAt(Peak, WarmupSteps, Start, step, Rise);
        if (step >= TotalSteps && !GoesOn) return End;
        return Math.Clamp(Decay(Progress(step - DecayStart, TotalSteps - DecayStart)), Floor, Peak);
    }

    /// <summary>S, the last step at the peak.</summary>
    private protected virtual long DecayStart => WarmupSteps;

    /// <summary>The curve of the warm-up, which is that of a decay backwards.</summary>
    private protected virtual Anneal Rise => Anneal.Linear;

    /// <summary>The rate from step N on.</summary>
    private protected virtual double End => Floor;

    /// <summary>Whether the decay goes on after step N, with a progress above 1.</summary>
    private protected virtual bool GoesOn => false;

    /// <summary>The progress of a decay, some steps after its start.</summary>
    private protected virtual double Progress(long since, long steps) => (double)since / steps;

    /// <summary>The rate at a progress.</summary>
    private protected abstract double Decay(double progress);

    private protected static ValidationErrors Check(
        double peak, long warmupSteps, long totalSteps, double floor, double start) => new ValidationErrors()
        .Require(peak, Bounds.NotNegative)
        .Require(warmupSteps, Bounds.AtLeast(0))
        .Require(totalSteps > warmupSteps, nameof(totalSteps), totalSteps, $"more than the {warmupSteps} warm-up steps")
        .RequireFloor(floor, peak)
        .RequireStart(start, peak);
}
