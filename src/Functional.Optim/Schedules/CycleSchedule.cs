namespace Functional.Optim;

/// <summary>
/// The base of cyclic schedules. The momentum follows the same cycle as the rate, with low and high exchanged.
/// </summary>
public abstract record CycleSchedule : Schedule
{
    private protected CycleSchedule()
    {
    }

    /// <summary>
    /// A level that starts at one value, reaches another where the rate has its peak, and ends at a third.
    /// </summary>
    private protected abstract double LevelAt(long step, double start, double turn, double end);

    /// <summary>The momentum of the cycle; it is lowest where the rate has its peak.</summary>
    private protected Schedule MomentumBetween(double lowest, double highest) => new ValidationErrors()
        .Require(lowest, Bounds.HalfOpenUnitInterval)
        .Require(highest is < 1 && !(highest < lowest), nameof(highest), highest, "from the lowest to below 1")
        .Make(() => new CycledMomentum(this, lowest, highest)).OrThrow("Momentum");

    private sealed record CycledMomentum(CycleSchedule Cycle, double Lowest, double Highest) : Schedule
    {
        /// <inheritdoc/>
        protected internal override double RateAt(long step) => Cycle.LevelAt(step, Highest, Lowest, Highest);
    }
}
