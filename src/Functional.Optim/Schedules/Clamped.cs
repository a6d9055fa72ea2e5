using System.Text.Json.Serialization;

namespace Functional.Optim;

/// <summary>A schedule clamped to a minimum and a maximum; the maximum may be infinite.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record Clamped : ComposedSchedule
{
    private Clamped(Schedule inner, double minimum, double maximum)
        : base(
            RequireDepth(1 + inner.Depth, "Schedule.Clamp")) => (Inner, Minimum, Maximum) = (inner, minimum, maximum);

    /// <summary>The schedule.</summary>
    public Schedule Inner { get; }

    /// <summary>The lowest rate.</summary>
    public double Minimum { get; }

    /// <summary>The highest rate.</summary>
    public double Maximum { get; }

    internal static Clamped Of(Schedule inner, double minimum, double maximum) => new ValidationErrors()
        .Require(inner, "rate")
        .Require(minimum >= 0, nameof(minimum), minimum, "0 or more")
        .Require(maximum >= minimum, nameof(maximum), maximum, "the minimum or more")
        .Checked(() => inner is Clamped clamped
            // Two clamps are one clamp.
            ? new Clamped(
                clamped.Inner,
                Math.Clamp(clamped.Minimum, minimum, maximum),
                Math.Clamp(clamped.Maximum, minimum, maximum))
            : new Clamped(inner, minimum, maximum))
        .OrThrow("Schedule.Clamp");

    /// <inheritdoc/>
    protected internal override double? MaxRate =>
        Inner.MaxRate is { } rate ? Math.Clamp(rate, Minimum, Maximum) : null;

    /// <inheritdoc/>
    protected internal override double RateAt(long step) => Math.Clamp(Inner.At(step), Minimum, Maximum);
}
