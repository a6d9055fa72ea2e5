using LanguageExt;

namespace Functional.Optim;

/// <summary>Two schedules multiplied, step by step.</summary>
internal sealed record Product(Schedule First, Schedule Second) : Schedule
{
    internal static Product Of(Schedule schedule, double factor) => new Faults()
        .Require(schedule, "rate").Require(factor, Bounds.NotNegative)
        .Make(() => new Product(schedule, factor)).OrThrow("Schedule.Scale");

    internal static Schedule Of(Seq<Schedule> schedules) => new Faults()
        .Require(!schedules.IsEmpty, nameof(schedules), "empty", "one or more")
        .RequireEach(schedules)
        .Make(() => schedules.Reduce((first, second) => new Product(first, second))).OrThrow("Schedule.Chained");

    /// <inheritdoc/>
    protected internal override double RateAt(long step) => First.RateAt(step) * Second.RateAt(step);
}
