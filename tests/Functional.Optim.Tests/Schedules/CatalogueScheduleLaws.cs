using FsCheck;
using FsCheck.Fluent;

namespace Functional.Optim.Tests.Schedules;

public class CatalogueScheduleLaws
{
    public static TheoryData<string> Names => [.. Optim.Catalogue.Schedules.Select(entry => entry.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_step_has_a_rate_between_the_lowest_and_the_highest(string name) => Holds(ScheduleCase.Any(name), drawn =>
    {
        Schedule schedule = drawn.Schedule;
        double rounding = 1e-15 * drawn.Highest;
        foreach (long step in drawn.Sampled())
            Assert.InRange(schedule.At(step), step < drawn.LowestFrom ? 0 : Math.Max(drawn.Lowest - rounding, 0), drawn.Highest);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_piece_only_rises_or_only_falls(string name) => Holds(ScheduleCase.Any(name), drawn =>
    {
        Schedule schedule = drawn.Schedule;
        foreach ((long from, long to) in drawn.Pieces())
        {
            double direction = Math.Sign(schedule.At(to) - schedule.At(from)), before = schedule.At(from);
            foreach (long step in drawn.Sampled().Where(step => step >= from && step <= to))
            {
                double rate = schedule.At(step);
                Assert.True(Math.Sign(rate - before) * direction >= 0 && (direction != 0 || rate == before), $"{schedule} at {step} of {from} to {to}");
                before = rate;
            }
        }
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Pieces_of_many_steps_meet_where_they_join(string name) => Holds(ScheduleCase.Any(name, least: 1_000_000), drawn =>
    {
        Schedule schedule = drawn.Schedule;
        double largest = drawn.Turns.Where(turn => turn is > 0 and < long.MaxValue)
            .Select(turn => Math.Max(Math.Abs(schedule.At(turn) - schedule.At(turn - 1)), Math.Abs(schedule.At(turn + 1) - schedule.At(turn))))
            .DefaultIfEmpty(0).Max();
        if (!ScheduleCase.Jumping.ContainsKey(name)) Assert.InRange(largest, 0, 0.002 * drawn.Highest);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Equal_settings_are_equal_schedules_that_print_the_same(string name) => Holds(ScheduleCase.Any(name), drawn =>
    {
        Assert.Equal(drawn.Schedule, drawn.Schedule);
        Assert.Equal(drawn.Schedule.GetHashCode(), drawn.Schedule.GetHashCode());
        Assert.Equal(drawn.Schedule.ToString(), drawn.Schedule.ToString());
    });

    private static void Holds(Arbitrary<ScheduleCase> cases, Action<ScheduleCase> law) =>
        Prop.ForAll(cases, law).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
}
