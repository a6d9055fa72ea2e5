using FsCheck;
using FsCheck.Fluent;

namespace Functional.Optim.Tests.Schedules;

public class CatalogueScheduleLaws
{
    public static TheoryData<string> Names => [.. Optim.Catalogue.Schedules.Select(entry => entry.Name)];

    public static TheoryData<string> Continuous =>
        [.. Optim.Catalogue.Schedules.Select(entry => entry.Name).Where(name => !ScheduleCase.Jumping.ContainsKey(name))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_step_has_a_rate_between_the_lowest_and_the_highest(string name) => Holds(ScheduleCase.Any(name), drawn =>
    {
        Schedule schedule = drawn.Schedule;
        foreach (long step in drawn.Sampled())
            Assert.InRange(schedule.At(step), step < drawn.LowestFrom ? 0 : Math.Max(drawn.Lowest - drawn.Rounding, 0), drawn.Highest);
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
                Assert.InRange(direction == 0 ? -Math.Abs(rate - before) : (rate - before) * direction, -drawn.Rounding, drawn.Highest);
                before = rate;
            }
        }
    });

    [Theory]
    [MemberData(nameof(Continuous))]
    public void Pieces_of_many_steps_meet_where_they_join(string name) => Holds(ScheduleCase.Any(name, least: 1_000_000), drawn =>
    {
        Schedule schedule = drawn.Schedule;
        double largest = drawn.Turns.Where(turn => turn is > 0 and < long.MaxValue)
            .SelectMany(turn => (long[])[turn - 1, turn])
            .Select(step => Math.Abs(schedule.At(step + 1) - schedule.At(step))).DefaultIfEmpty(0).Max();
        Assert.InRange(largest, 0, 0.002 * drawn.Highest);
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void Equal_settings_are_equal_schedules(string name) => Holds(ScheduleCase.Any(name), drawn =>
    {
        Assert.Equal(drawn.Schedule, drawn.Schedule);
        Assert.Equal(drawn.Schedule.GetHashCode(), drawn.Schedule.GetHashCode());
    });

    private static void Holds(Arbitrary<ScheduleCase> cases, Action<ScheduleCase> law) =>
        Prop.ForAll(cases, law).Check(Config.QuickThrowOnFailure.WithMaxTest(200));
}
