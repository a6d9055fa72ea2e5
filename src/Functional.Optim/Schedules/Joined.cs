namespace Functional.Optim;

/// <summary>One schedule up to and including a step, then another that counts from there.</summary>
internal sealed record Joined(Schedule Before, Schedule After, long LastStepBefore) : Schedule
{
    internal static Joined Of(Schedule before, Schedule after, long afterStep)
    {
        ArgumentNullException.ThrowIfNull(after);
        return new Faults()
            .Require(afterStep >= 0, nameof(afterStep), afterStep, "0 or more")
            .Make(() => new Joined(before, after, afterStep)).OrThrow("Schedule.Then");
    }

    /// <inheritdoc/>
    protected internal override double RateAt(long step) =>
        step <= LastStepBefore ? Before.RateAt(step) : After.RateAt(step - LastStepBefore);
}
