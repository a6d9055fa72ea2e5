namespace Functional.Optim;

/// <summary>A schedule whose k-th update has the rate At(k − 1) of another, torch's convention.</summary>
internal sealed record ZeroBasedSchedule(Schedule Inner) : Schedule
{
    /// <inheritdoc/>
    protected internal override double RateAt(long step) => Inner.RateAt(Math.Max(0, step - 1));
}
