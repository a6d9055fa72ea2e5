using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>
/// Schedules in sequence. Each one applies up to and including its last step; the next one counts its steps from there.
/// A part that is a sequence itself is replaced by its parts, so long sequences stay fast and shallow.
/// </summary>
internal sealed record Joined : ComposedSchedule
{
    private Joined(ImmutableArray<Schedule> parts, ImmutableArray<long> lastSteps, int depth)
        : base(depth) => (Parts, LastSteps) = (parts, lastSteps);

    /// <summary>The schedules.</summary>
    public ImmutableArray<Schedule> Parts { get; }

    /// <summary>
    /// The last step of each part except the final one, counted from the start of the sequence, ascending.
    /// </summary>
    public ImmutableArray<long> LastSteps { get; }

    internal static Joined Of(Schedule before, Schedule after, long afterStep) => new ValidationErrors()
        .Require(before, "rate")
        .Require(after, "next")
        .Require(afterStep, Bounds.AtLeast(0))
        .Checked(() => Join(before, after, afterStep))
        .OrThrow("Schedule.Then");

    internal static Schedule Of(
        ImmutableArray<Schedule> schedules, ImmutableArray<long> milestones) => new ValidationErrors()
        .Require(
            schedules.Length == milestones.Length + 1,
            nameof(schedules),
            $"{schedules.Length} schedules",
            $"one more than the {milestones.Length} milestones")
        .RequireRising(milestones)
        .RequireEach(schedules)
        .Checked(() => schedules.Skip(1).Zip(milestones)
            .Aggregate(schedules[0], (before, next) => Join(before, next.Item1, next.Item2)))
        .OrThrow("Schedule.Sequential");

    public bool Equals(Joined? other) =>
        base.Equals(other) && Parts.SequenceEqual(other!.Parts) && LastSteps.SequenceEqual(other.LastSteps);

    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Parts[0], Parts.Length);

    /// <inheritdoc/>
    protected internal override double? MaxRate
    {
        get
        {
            double? largest = Parts[0].MaxRate;
            for (int part = 1; part < Parts.Length && largest is { } before; part++)
                largest = Parts[part].MaxRate is { } rate ? Math.Max(before, rate) : null;
            return largest;
        }
    }

    /// <inheritdoc/>
    protected internal override double RateAt(long step)
    {
        int part = step == 0 ? 0 : LastSteps.Passed(step - 1);
        return Parts[part].At(part == 0 ? step : step - LastSteps[part - 1]);
    }

    private static Joined Join(Schedule before, Schedule after, long afterStep)
    {
        Joined next = after as Joined ?? Single(after);
        Joined first = (before as Joined ?? Single(before)).UpTo(afterStep);
        ImmutableArray<Schedule> parts = first.Parts;
        ImmutableArray<long> lastSteps = first.LastSteps;
        for (int part = 0; part < next.Parts.Length; part++)
        {
            long last = part == 0 ? 0 : next.LastSteps[part - 1];
            // This part and the parts after it are never reached.
            if (last > long.MaxValue - afterStep) break;
            (parts, lastSteps) = (parts.Add(next.Parts[part]), lastSteps.Add(afterStep + last));
        }

        int depth = RequireDepth(Math.Max(first.Depth, next.Depth), "Schedule.Then");
        return new Joined(parts, lastSteps, depth);
    }

    private static Joined Single(Schedule part) => new([part], [], 1 + part.Depth);

    /// <summary>The sequence without the parts that start after a step.</summary>
    private Joined UpTo(long lastStep)
    {
        int steps = LastSteps.Passed(lastStep);
        if (steps == LastSteps.Length) return this;
        ImmutableArray<Schedule> parts = Parts[..(steps + 1)];
        return new Joined(parts, LastSteps[..steps], 1 + parts.Max(part => part.Depth));
    }
}
