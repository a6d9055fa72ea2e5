namespace Functional.Optim;

/// <summary>A schedule in torch's convention: its k-th update has the rate At(k − 1) of another schedule.</summary>
internal sealed record ZeroBasedSchedule : ComposedSchedule
{
    internal ZeroBasedSchedule(Schedule inner)
        : base(RequireDepth(1 + inner.Depth, "Schedule.ZeroBased")) => Inner = inner;

    /// <summary>The schedule.</summary>
    public Schedule Inner { get; }

    /// <inheritdoc/>
    protected internal override double? MaxRate => Inner.MaxRate;

    /// <inheritdoc/>
    protected internal override double RateAt(long step) => Inner.At(Math.Max(0, step - 1));
}
