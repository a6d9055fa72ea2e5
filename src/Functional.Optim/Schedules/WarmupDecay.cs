namespace Functional.Optim;

/// <summary>
/// What the warm-up schedules share: a line up to the peak at step W, then a decay over the progress
/// p = (k − W) / (N − W) in [0, 1], then the floor.
/// </summary>
public abstract record WarmupDecay : Schedule
{
    private protected WarmupDecay(double peak, long warmupSteps, long totalSteps, double floor) =>
        (Peak, WarmupSteps, TotalSteps, Floor) = (peak, warmupSteps, totalSteps, floor);

    /// <summary>The highest rate, reached at the end of the warm-up.</summary>
    public double Peak { get; }

    /// <summary>W, the step that has the peak; 0 for no warm-up.</summary>
    public long WarmupSteps { get; }

    /// <summary>N, the step that first has the floor.</summary>
    public long TotalSteps { get; }

    /// <summary>The rate at the end and after it.</summary>
    public double Floor { get; }

    /// <inheritdoc/>
    protected internal sealed override double RateAt(long step)
    {
        if (step < WarmupSteps) return Peak * ((double)step / WarmupSteps);
        if (step == WarmupSteps) return Peak;
        if (step >= TotalSteps) return Floor;
        double progress = (double)(step - WarmupSteps) / (TotalSteps - WarmupSteps);
        return Math.Clamp(Decay(progress), Floor, Peak);
    }

    /// <summary>The rate at a progress in (0, 1).</summary>
    private protected abstract double Decay(double progress);

    private protected static Faults Check(double peak, long warmupSteps, long totalSteps, double floor) => new Faults()
        .Require(double.IsFinite(peak) && peak >= 0, nameof(peak), peak, "finite and not negative")
        .Require(warmupSteps >= 0, nameof(warmupSteps), warmupSteps, "0 or more")
        .Require(totalSteps > warmupSteps, nameof(totalSteps), totalSteps, $"more than the {warmupSteps} warm-up steps")
        .Require(floor >= 0 && !(floor > peak), nameof(floor), floor, "from 0 to the peak");
}
