namespace Functional.Optim.Laws.Tests;

public class WrongScheduleTests
{
    private static readonly ScheduleShape Shape =
        new(Floor: 0.1, Peak: 1, Turns: [0, 1_000_000, 3_000_000, long.MaxValue])
        {
            FloorFrom = 1_000_000, LargestJump = 0.002
        };

    [Fact]
    public void A_schedule_obeys_its_laws()
    {
        ScheduleLaws.All(Schedule.WarmupCosine(1, 1_000_000, 3_000_000, floor: 0.1), Shape);
        ScheduleLaws.All(new Own(step => 1.0 / Math.Sqrt(step)), new ScheduleShape(0, 1, 1, long.MaxValue));
    }

    [Fact]
    public void The_law_that_is_broken_is_told_with_the_smallest_step()
    {
        Assert.Equal(("Defined", "step 1000000"), Broken(new Own(step => step == 1_000_000 ? double.NaN : 0.5)));
        Assert.Equal(("Defined", "step 2147483648"), Broken(new Own(step => checked((int)step) > 0 ? 0.5 : 0.5)));
        Assert.Equal(("Bounded", "step 3000001"), Broken(new Own(step => step <= 3_000_000 ? 0.5 : 0.05)));
        Assert.Equal(("Bounded", "step 0"), Broken(new Own(_ => 1.5)));
        Assert.Equal(("Monotone", "step 999999"), Broken(new Own(step => step == 999_999 ? 0.6 : 0.5)));
        Assert.Equal(("Continuous", "step 1000001"), Broken(new Own(step => step <= 1_000_000 ? 1 : 0.5)));
    }

    [Fact]
    public void The_message_has_the_rates()
    {
        LawException found = Assert.Throws<LawException>(() => ScheduleLaws.Bounded(Schedule.Constant(2), Shape));
        Assert.Equal(
            "Bounded does not hold for 2, at step 0: the rate is 2 where 0 to 1 is expected\n"
            + "The smallest counterexample found: step 0",
            found.Message);
    }

    private static (string Law, string Step) Broken(Schedule schedule)
    {
        LawException found = Assert.Throws<LawException>(() => ScheduleLaws.All(schedule, Shape));
        return (found.Law, found.Counterexample);
    }

    /// <summary>A schedule of one's own.</summary>
    private sealed record Own(Func<long, double> Rate) : Schedule
    {
        protected override double RateAt(long step) => Rate(Math.Max(step, 1));
    }
}
