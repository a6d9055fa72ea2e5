using System.Text.Json.Serialization;

namespace Functional.Optim;

/// <summary>A schedule kept between two rates; the greatest may be infinite.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed record Clamped(Schedule Inner, double Minimum, double Maximum) : Schedule
{
    internal static Clamped Of(Schedule inner, double minimum, double maximum) => new Faults()
        .Require(inner, "rate")
        .Require(minimum >= 0, nameof(minimum), minimum, "0 or more")
        .Require(maximum >= minimum, nameof(maximum), maximum, "the minimum or more")
        .Make(() => new Clamped(inner, minimum, maximum)).OrThrow("Schedule.Clamp");

    /// <inheritdoc/>
    protected internal override double RateAt(long step) => Math.Clamp(Inner.RateAt(step), Minimum, Maximum);
}
