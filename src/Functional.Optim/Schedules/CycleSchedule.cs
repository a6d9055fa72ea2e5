namespace Functional.Optim;

/// <summary>What the cycles share: the momentum goes through the same cycle as the rate, upside down.</summary>
public abstract record CycleSchedule : Schedule
{
    private protected CycleSchedule()
    {
    }

    /// <summary>What starts at one level, turns at another where the rate has its peak, and ends at a third.</summary>
    private protected abstract double LevelAt(long step, double start, double turn, double end);

    /// <summary>The momentum that turns at its lowest.</summary>
    private protected Schedule MomentumBetween(double lowest, double highest) =>
        CycledMomentum.Of(this, lowest, highest);

    /// <summary>The level of something that goes through the cycle.</summary>
    internal double Level(long step, double start, double turn, double end) => LevelAt(step, start, turn, end);
}

/// <summary>A momentum that is lowest where the rate of a cycle is highest.</summary>
internal sealed record CycledMomentum : Schedule
{
    private CycledMomentum(CycleSchedule cycle, double lowest, double highest) =>
        (Cycle, Lowest, Highest) = (cycle, lowest, highest);

    /// <summary>The cycle.</summary>
    public CycleSchedule Cycle { get; }

    /// <summary>The momentum at the peak of the rate.</summary>
    public double Lowest { get; }

    /// <summary>The momentum at the start and at the end.</summary>
    public double Highest { get; }

    /// <summary>The momentum between two.</summary>
    internal static CycledMomentum Of(Schedule cycle, double lowest, double highest) => new ValidationErrors()
        .Require(cycle is CycleSchedule, nameof(cycle), cycle, "oneCycle or cyclic")
        .Require(lowest, Bounds.HalfOpenUnitInterval)
        .Require(highest is < 1 && !(highest < lowest), nameof(highest), highest, "from the lowest to below 1")
        .Checked(() => new CycledMomentum((CycleSchedule)cycle, lowest, highest)).OrThrow("Momentum");

    /// <inheritdoc/>
    protected internal override double RateAt(long step) => Cycle.Level(step, Highest, Lowest, Highest);
}
