namespace Functional.Optim;

/// <summary>A schedule without its first steps: its step k is the step k + n of another schedule.</summary>
internal sealed record Skipped : ComposedSchedule
{
    private Skipped(Schedule inner, long steps)
        : base(RequireDepth(1 + inner.Depth, "Schedule.Skip")) => (Inner, Steps) = (inner, steps);

    /// <summary>The schedule.</summary>
    public Schedule Inner { get; }

    /// <summary>n, the number of steps left out.</summary>
    public long Steps { get; }

    internal static Skipped Of(Schedule inner, long steps) => new ValidationErrors()
        .Require(inner, "rate")
        .Require(steps, Bounds.AtLeast(0))
        .Checked(() => new Skipped(inner, steps))
        .OrThrow("Schedule.Skip");

    /// <inheritdoc/>
    protected internal override double RateAt(long step) =>
        Inner.At(step > long.MaxValue - Steps ? long.MaxValue : step + Steps);
}
