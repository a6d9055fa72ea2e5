using FsCheck;
using FsCheck.Fluent;
using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Schedules;

public class CatalogueScheduleLaws
{
    public static TheoryData<string> Names => [.. Optim.Catalogue.Schedules.Select(entry => entry.Name)];

    public static TheoryData<string> Jumping => [.. ScheduleCase.Jumping.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_schedule_obeys_every_law(string name) =>
        Holds(ScheduleCase.Any(name), drawn => ScheduleLaws.All(drawn.Schedule, drawn.Shape));

    [Theory]
    [MemberData(nameof(Names))]
    public void Pieces_of_many_steps_meet_where_they_join(string name) =>
        Holds(ScheduleCase.Any(name, least: 1_000_000), drawn => ScheduleLaws.Continuous(drawn.Schedule, drawn.Shape));

    [Theory]
    [MemberData(nameof(Jumping))]
    public void The_schedules_said_to_jump_do_so_at_a_turn_or_a_step_of_their_settings(string name) =>
        Assert.Contains(Enumerable.Range(0, 20), seed =>
    {
        ScheduleCase drawn = ScheduleCase.Draw(name, new Random(seed), least: 1_000_000);
        IEnumerable<long> steps =
            from option in drawn.Options.Values
            from text in option.Split(',')
            where long.TryParse(text, out _)
            select long.Parse(text);
        ScheduleShape continuous = drawn.Shape with
        {
            Turns = [.. steps.Concat(drawn.Shape.Turns).Order()], LargestJump = 0.002 * drawn.Shape.Peak,
        };
        return Record.Exception(() => ScheduleLaws.Continuous(drawn.Schedule, continuous)) is LawException;
    });

    [Theory]
    [MemberData(nameof(Names))]
    public void A_schedule_tells_its_largest_rate(string name) => Holds(ScheduleCase.Any(name), drawn =>
    {
        Assert.Equal(drawn.Shape.Peak, drawn.Schedule.MaxRate!.Value, 1e-15 * drawn.Shape.Peak);
        Assert.Equal(drawn.Schedule.MaxRate, drawn.Schedule.ZeroBased().MaxRate);
    });

    [Fact]
    public void A_composition_tells_its_largest_rate_where_it_is_that_of_its_parts()
    {
        Schedule rise = Schedule.LinearWarmup(0.5, 5), fall = Schedule.Cosine(0.25, 10);
        Assert.Equal(0.5, rise.Then(fall, 5).MaxRate);
        Assert.Equal(0.125, rise.Scale(0.25).MaxRate);
        Assert.Equal(0.4, rise.Clamp(0.1, 0.4).MaxRate);
        Assert.Null(Schedule.Chained(rise, fall).MaxRate);
        Assert.Null(Schedule.Of(_ => 1).MaxRate);
        Assert.Null(rise.Then(Schedule.Of(_ => 1), 5).MaxRate);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Equal_settings_are_equal_schedules(string name) => Holds(ScheduleCase.Any(name), drawn =>
    {
        Assert.Equal(drawn.Schedule, drawn.Schedule);
        Assert.Equal(drawn.Schedule.GetHashCode(), drawn.Schedule.GetHashCode());
    });

    private static void Holds(Arbitrary<ScheduleCase> cases, Action<ScheduleCase> law) =>
        Prop.ForAll(cases, law).Check(Seed.Check(200));
}
