using System.Text.Json;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Tests.Schedules;

/// <summary>Schedules that contain other schedules, in any number.</summary>
public class ComposedScheduleTests
{
    private const int Many = 20_000;

    /// <summary>Every way to make a schedule from another one.</summary>
    public static TheoryData<string, Func<Schedule, Schedule>> Combinators => new()
    {
        { "then", schedule => schedule.Then(0.5, 3) },
        { "after", schedule => Schedule.Constant(0.5).Then(schedule, 3) },
        { "scale", schedule => schedule.Scale(0.5) },
        { "chained", schedule => Schedule.Chained(0.5, schedule) },
        { "clamp", schedule => schedule.Clamp(0.25, 0.5) },
        { "zeroBased", schedule => schedule.ZeroBased() },
        { "alternating", schedule => schedule.Scale(0.5).Clamp(0, 1) },
        { "sequential", schedule => Schedule.Sequential([schedule, schedule.Scale(1)], [2]) },
    };

    /// <summary>A small stack, which recursion over the number of schedules would overflow.</summary>
    [Theory]
    [MemberData(nameof(Combinators))]
    public void Any_nesting_is_a_schedule_or_a_clear_error(string name, Func<Schedule, Schedule> wrap) =>
        SmallStack.Run(() =>
    {
        Schedule schedule = Schedule.LinearWarmup(1, 10);
        try
        {
            for (int depth = 0; depth < 2000; depth++) schedule = wrap(schedule);
        }
        catch (ArgumentException error)
        {
            Assert.Contains("17 nested schedules; allowed is up to 16", error.Message, StringComparison.Ordinal);
        }

        Assert.True(schedule.At(5) >= 0, name);
        Assert.True(schedule.Equals(schedule with { }));
        Assert.Equal(schedule.GetHashCode(), (schedule with { }).GetHashCode());
        Assert.NotEmpty(schedule.ToString());
        Assert.NotEmpty(JsonSerializer.Serialize(new { Rate = schedule }));
    });

    [Fact]
    public void A_sequence_of_many_pieces_has_their_rates() => SmallStack.Run(() =>
    {
        Schedule schedule = Pieces(), same = Pieces();
        double[] expected = [0, 0, 1, 2, Many / 2, Many - 1, Many - 1];
        Assert.Equal(expected, new long[] { 0, 1, 2, 3, (Many / 2) + 1, Many, long.MaxValue }.Select(schedule.At));
        Assert.Equal(schedule, same);
        Assert.Equal(schedule.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(schedule, schedule.Then(1, Many));
        Assert.Equal(schedule, Optim.Catalogue.BuildSchedule(schedule.ToString()).OrThrow("schedule"));
        Assert.Equal(schedule, JsonSerializer.Deserialize<Schedule>(JsonSerializer.Serialize(schedule)));

        static Schedule Pieces() => Schedule.Sequential(
            Enumerable.Range(0, Many).Select(piece => Schedule.Constant(piece)),
            Enumerable.Range(1, Many - 1).Select(piece => (long)piece));
    });

    /// <summary>
    /// Compared with the rule itself, one join at a time, also where a join cuts parts off or comes after another step.
    /// </summary>
    [Fact]
    public void Joins_of_joins_have_the_rates_of_their_rule()
    {
        Random random = new(7);
        for (int round = 0; round < 300; round++)
        {
            (Schedule schedule, Func<long, double> rule) = Draw(4);
            foreach (long step in (long[])[.. Enumerable.Range(0, 60), long.MaxValue - 1, long.MaxValue])
                Assert.Equal(rule(step), schedule.At(step));
        }

        (Schedule, Func<long, double>) Draw(int depth)
        {
            if (depth == 0 || random.Next(4) == 0)
            {
                (double peak, long warmup) = (random.Next(1, 9), random.Next(1, 9));
                Schedule leaf = Schedule.LinearWarmup(peak, warmup);
                return (leaf, leaf.At);
            }

            (Schedule before, Func<long, double> ruleBefore) = Draw(depth - 1);
            (Schedule after, Func<long, double> ruleAfter) = Draw(depth - 1);
            long last = random.Next(10) == 0 ? long.MaxValue - random.Next(3) : random.Next(20);
            return (before.Then(after, last), step => step <= last ? ruleBefore(step) : ruleAfter(step - last));
        }
    }

    [Fact]
    public void Clamps_of_clamps_have_the_rates_of_their_rule()
    {
        Random random = new(3);
        for (int round = 0; round < 300; round++)
        {
            Schedule schedule = Schedule.LinearWarmup(10, 20);
            Func<long, double> rule = schedule.At;
            for (int clamp = 0; clamp < 4; clamp++)
            {
                double one = random.Next(11), other = random.Next(11);
                (Func<long, double> inner, double least, double most) =
                    (rule, Math.Min(one, other), Math.Max(one, other));
                schedule = schedule.Clamp(least, most);
                rule = step => Math.Clamp(inner(step), least, most);
            }

            foreach (long step in Enumerable.Range(0, 25)) Assert.Equal(rule(step), schedule.At(step));
        }
    }

    [Theory]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(-0.5, "-0.5")]
    public void An_invalid_rate_is_rejected_wherever_it_is_evaluated(double rate, string text)
    {
        Schedule own = new Own(rate);
        string expected =
            $"The rate of Own {{ Rate = {text} }} at step 3 is {text}; allowed is finite and not negative.";
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("w", [1], [1f]));
        Schedule[] schedules =
        [
            own,
            own.Clamp(0, 1),
            own.Scale(1),
            Schedule.Chained(1, own),
            own.Then(1, 5),
            Schedule.Sequential([own, 1], [5]),
        ];
        foreach (Schedule schedule in schedules)
        {
            Assert.Equal(expected, ErrorOf(() => schedule.At(3)));
            Assert.Equal(expected, ErrorOf(() => schedule.Preview(3)));
            Assert.Equal(expected, ErrorOf(() => AdamW.Of(schedule).LearningRateAt(3)));
            Assert.Equal(expected, ErrorOf(() => Adagrad.Of(schedule).LearningRateAt(3)));
            Assert.Equal(expected, ErrorOf(() => Asgd.Of(schedule).LearningRateAt(3)));
            Optimizer sgd = Sgd.Of(schedule);
            OptimizerState<float> state = sgd.Init(parameters);
            Assert.Equal(expected, ErrorOf(() =>
            {
                for (int step = 1; step <= 3; step++) (parameters, state) = sgd.Step(parameters, parameters, state);
            }));
        }

        Assert.Equal(expected, ErrorOf(() => Schedule.Constant(1).Then(own, 4).At(7)));
        Assert.Equal(expected, ErrorOf(() => own.ZeroBased().At(4)));

        static string ErrorOf(Action act) => Assert.Throws<InvalidOperationException>(act).Message;
    }

    /// <summary>A rate from step 3 on, and 1 before.</summary>
    private sealed record Own(double Rate) : Schedule
    {
        protected internal override double RateAt(long step) => step < 3 ? 1 : Rate;
    }
}
