using System.Globalization;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Laws;

/// <summary>
/// The laws of schedules, each a method that tries steps from 0 to <see cref="long.MaxValue"/>, most of them about the
/// turns, and throws a <see cref="LawException"/> with the smallest step found where they do not hold.
/// </summary>
public static class ScheduleLaws
{
    /// <summary>Checks every law.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="shape">What it promises.</param>
    /// <exception cref="LawException">The first law that does not hold.</exception>
    public static void All(Schedule schedule, ScheduleShape shape)
    {
        Defined(schedule, shape);
        Bounded(schedule, shape);
        Monotone(schedule, shape);
        Continuous(schedule, shape);
    }

    /// <summary>Every step has a rate, finite and not negative, and the same one each time.</summary>
    /// <inheritdoc cref="All"/>
    public static void Defined(Schedule schedule, ScheduleShape shape) => Holds(schedule, shape, step =>
    {
        double rate = schedule.At(step);
        return double.IsFinite(rate) && rate >= 0 && rate.Equals(schedule.At(step)) ? null
            : $"the rate is {Text(rate)} and then {Text(schedule.At(step))}";
    });

    /// <summary>Every rate is between the floor and the peak, to rounding.</summary>
    /// <inheritdoc cref="All"/>
    public static void Bounded(Schedule schedule, ScheduleShape shape) => Holds(schedule, shape, step =>
    {
        double rate = schedule.At(step), least = step < shape.FloorFrom ? 0 : Math.Max(shape.Floor - shape.Rounding, 0);
        return rate >= least && rate <= shape.Peak
            ? null
            : $"the rate is {Text(rate)} where {Text(least)} to {Text(shape.Peak)} is expected";
    });

    /// <summary>From each turn to the next the rates only rise or only fall.</summary>
    /// <inheritdoc cref="All"/>
    public static void Monotone(Schedule schedule, ScheduleShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        long[] steps = [.. shape.Steps()];
        foreach ((long from, long to) in shape.Pieces())
        {
            Holds(schedule, shape, step =>
            {
                if (step <= from || step > to) return null;
                int place = Array.BinarySearch(steps, step);
                long previous = Math.Max(from, steps[(place < 0 ? ~place : place) - 1]);
                double change = schedule.At(step) - schedule.At(previous),
                    direction = Math.Sign(schedule.At(to) - schedule.At(from));
                double along = direction == 0 ? -Math.Abs(change) : change * direction;
                return along >= -shape.Rounding ? null
                    : $"the rate is {Text(schedule.At(step))}, and {Text(schedule.At(previous))} at step {previous}, "
                        + "in a piece that "
                        + (direction == 0 ? "stays" : direction > 0 ? "rises" : "falls");
            });
        }
    }

    /// <summary>At the turns no rate jumps further than promised.</summary>
    /// <inheritdoc cref="All"/>
    public static void Continuous(Schedule schedule, ScheduleShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        long[] beside = [
            .. shape.Turns.Where(turn => turn is > 0 and < long.MaxValue).SelectMany(turn => (long[])[turn, turn + 1])];
        Holds(
            schedule, shape,
            step => !beside.Contains(step) || Math.Abs(schedule.At(step) - schedule.At(step - 1)) <= shape.LargestJump
            ? null
            : $"the rate is {Text(schedule.At(step))}, and {Text(schedule.At(step - 1))} at the step before, "
                + $"where a jump of {Text(shape.LargestJump)} is allowed");
    }

    private static void Holds(
        Schedule schedule, ScheduleShape shape, Func<long, string?> faultOf, [CallerMemberName] string law = "")
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(shape);
        foreach (long step in shape.Steps())
        {
            if (ErrorOf(step) is null) continue;
            long smallest = step;
            for (long less = step / 2; less > 0; less /= 2)
            {
                if (ErrorOf(smallest - less) is null) continue;
                smallest -= less;
                less = smallest;
            }

            string reason = ErrorOf(smallest)!;
            throw new LawException(
                law, schedule, $"at step {smallest}: {reason}", $"step {smallest}", new BrokenClaimException(reason));
        }

        string? ErrorOf(long step)
        {
            try
            {
                return faultOf(step);
            }
            catch (Exception exception)
            {
                return $"it threw {exception.GetType().Name}, {exception.Message}";
            }
        }
    }

    private static string Text(double rate) => rate.ToString("R", CultureInfo.InvariantCulture);
}
