namespace Functional.Optim;

/// <summary>A schedule made of others, which are within each other only so deep that rate, text and comparison need little stack.</summary>
internal abstract record ComposedSchedule : Schedule
{
    /// <summary>As deep as JSON of the default depth can be written.</summary>
    internal const int Deepest = 16;

    private protected ComposedSchedule(int depth) => Depth = depth;

    /// <inheritdoc/>
    internal sealed override int Depth { get; }

    /// <summary>A depth that is allowed.</summary>
    /// <exception cref="ArgumentException">It is too deep.</exception>
    private protected static int RequireDepth(int depth, string what) => new ValidationErrors()
        .Require(depth <= Deepest, "the schedule", $"{depth} schedules within each other", $"up to {Deepest}")
        .Make(() => depth).OrThrow(what);
}
