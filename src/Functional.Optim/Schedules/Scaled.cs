namespace Functional.Optim;

/// <summary>A schedule times a factor.</summary>
internal sealed record Scaled(Schedule Inner, double Factor) : Schedule
{
    internal static Scaled Of(Schedule inner, double factor) => new Faults()
        .Require(double.IsFinite(factor) && factor >= 0, nameof(factor), factor, "finite and not negative")
        .Make(() => new Scaled(inner, factor)).OrThrow("Schedule.Scale");

    /// <inheritdoc/>
    protected internal override double RateAt(long step) => Inner.RateAt(step) * Factor;
}
