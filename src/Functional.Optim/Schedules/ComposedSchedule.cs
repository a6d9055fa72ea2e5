namespace Functional.Optim;

/// <summary>
/// A schedule that contains other schedules. The nesting is limited, so that rates,
/// texts and comparisons need little stack.
/// </summary>
internal abstract record ComposedSchedule : Schedule
{
    /// <summary>The maximum depth; JSON of the default depth can be written up to it.</summary>
    internal const int MaxDepth = 16;

    private protected ComposedSchedule(int depth) => Depth = depth;

    /// <inheritdoc/>
    internal sealed override int Depth { get; }

    /// <summary>Returns a depth that is allowed.</summary>
    /// <exception cref="ArgumentException">The depth exceeds <see cref="MaxDepth"/>.</exception>
    private protected static int RequireDepth(int depth, string what) => new ValidationErrors()
        .Require(depth <= MaxDepth, "the schedule", $"{depth} nested schedules", $"up to {MaxDepth}")
        .Checked(() => depth).OrThrow(what);
}
