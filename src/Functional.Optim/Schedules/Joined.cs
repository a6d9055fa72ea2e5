using LanguageExt;

namespace Functional.Optim;

/// <summary>One schedule up to and including a step, then another that counts from there.</summary>
internal sealed record Joined(Schedule Before, Schedule After, long LastStepBefore) : Schedule
{
    internal static Joined Of(Schedule before, Schedule after, long afterStep) => new Faults()
        .Require(before, "rate").Require(after, "next").Require(afterStep, Bounds.AtLeast(0))
        .Make(() => new Joined(before, after, afterStep)).OrThrow("Schedule.Then");

    internal static Schedule Of(Seq<Schedule> schedules, Seq<long> milestones) => new Faults()
        .Require(
            schedules.Count == milestones.Count + 1, nameof(schedules), $"{schedules.Count} schedules",
            $"one more than the {milestones.Count} milestones")
        .RequireRising(milestones)
        .RequireEach(schedules)
        .Make(() => schedules.Tail.Zip(milestones).Fold(schedules[0], (before, next) => Of(before, next.Item1, next.Item2)))
        .OrThrow("Schedule.Sequential");

    /// <inheritdoc/>
    protected internal override double RateAt(long step) =>
        step <= LastStepBefore ? Before.RateAt(step) : After.RateAt(step - LastStepBefore);
}
