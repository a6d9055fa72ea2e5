using System.Text.Json;
using Functional.Optim.Tests.Schedules;

namespace Functional.Optim.Tests.Catalogues;

public class ScheduleEntriesTests
{
    public static TheoryData<string> Names => CatalogueScheduleLaws.Names;

    [Fact]
    public void Every_factory_is_an_entry_with_its_parameters_and_their_defaults()
    {
        string[] factories = [.. Factory.Schedules.Select(factory => factory.ToString()).Order(StringComparer.Ordinal)];
        CatalogueEntry[] entries = [.. Optim.Catalogue.Schedules, Optim.Catalogue.Plateau];
        Assert.Equal(factories, entries.Select(entry => entry.ToString()).Order(StringComparer.Ordinal));
        Assert.Contains(
            "oneCycle(peak, totalSteps, rise=0.3, anneal=Cosine, divisor=25, finalDivisor=10000, threePhases=false)",
            factories);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_an_entry_builds_prints_and_writes_the_options_it_was_given(string name)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            ScheduleCase drawn = ScheduleCase.Draw(name, new Random(seed), least: 1);
            Schedule schedule = drawn.Schedule;
            string text = schedule.ToString();
            Assert.Equal(schedule, Optim.Catalogue.BuildSchedule(text).OrThrow(text));
            Assert.Equal(schedule, JsonSerializer.Deserialize<Schedule>(JsonSerializer.Serialize(schedule)));
        }
    }

    [Fact]
    public void Schedules_made_of_others_are_texts_both_ways()
    {
        Schedule schedule = Schedule.LinearWarmup(1, 5).Then(Schedule.Constant(1).ZeroBased(), 5)
            .Scale(2).Clamp(0, double.PositiveInfinity);
        Assert.Equal(
            "clamp(schedule=chained(schedules=[sequential(schedules=[linearWarmup(peak=1, warmupSteps=5); "
            + "zeroBased(schedule=1)], milestones=5); 2]), minimum=0, maximum=Infinity)",
            schedule.ToString());
        foreach (Schedule one in (Schedule[])[schedule, Schedule.OneCycle(1, 10).Momentum(),
            Schedule.Cyclic(0, 1).Momentum()])
        {
            Assert.Equal(one, Optim.Catalogue.BuildSchedule(one.ToString()).OrThrow("schedule"));
            Assert.Equal(one, JsonSerializer.Deserialize<Schedule>(JsonSerializer.Serialize(one)));
        }

        Assert.Throws<JsonException>(() => JsonSerializer.Serialize<Schedule>(new Own()));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Schedule>("\"sudden(peak=1)\""));
        Assert.Throws<SettingsException>(
            () => Optim.Catalogue.BuildSchedule("clamp(schedule=1, minimum=2, maximum=1)").OrThrow());
        Assert.Throws<SettingsException>(
            () => Optim.Catalogue.BuildSchedule("cycledMomentum(cycle=1, lowest=0, highest=0)").OrThrow());
    }

    private sealed record Own : Schedule
    {
        protected internal override double RateAt(long step) => 1;
    }

    [Fact]
    public void Options_with_defaults_may_be_left_out()
    {
        Assert.Equal(Schedule.OneCycle(0.1, 50), Build("oneCycle", ("peak", "0.1"), ("totalSteps", "50")));
        Assert.Equal(Schedule.Cyclic(0, 0.1, 5, 7, CyclicMode.ExponentialRange),
            Build("cyclic", ("floor", "0"), ("peak", "1e-1"), ("stepsUp", "5"), ("stepsDown", "7"),
                ("mode", "exponentialrange")));
        Assert.Equal(Plateau.Of(), Optim.Catalogue.Plateau.Build(new Dictionary<string, string>()));
    }

    [Fact]
    public void Unknown_missing_and_unreadable_options_are_listed_at_once()
    {
        string errors = ValidationErrors("warmupCosine", ("peak", "0,1"), ("totalSteps", "1e4"), ("lowest", "0"));
        Assert.Equal(
            "warmupCosine: peak is 0,1; allowed is a number, finite and not negative; "
            + "warmupSteps is not given; allowed is an integer, 0 or more; "
            + "totalSteps is 1e4; allowed is an integer, more than warmupSteps; "
            + "lowest is no option of warmupCosine; allowed is peak, warmupSteps, totalSteps, floor, start, cycles, "
            + "continues.",
            errors);
        string choices =
            ValidationErrors("oneCycle", ("peak", "1"), ("totalSteps", "9"), ("anneal", "1"), ("threePhases", "yes"));
        Assert.Contains("anneal is 1;", choices, StringComparison.Ordinal);
        Assert.Contains("threePhases is yes;", choices, StringComparison.Ordinal);
        Assert.Contains("milestones is 1,x;", ValidationErrors("multiStepDecay", ("rate", "1"), ("milestones", "1,x")),
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_number_may_be_NaN_and_no_whole_one_negative(string name)
    {
        ScheduleCase drawn = ScheduleCase.Draw(name, new Random(1), least: 1);
        foreach (CatalogueOption option in ScheduleCase.Get(name).Options.Where(option => option.Type is not "a word"))
        {
            string wrong = option.Type == "a number" ? "NaN" : "-1";
            Dictionary<string, string> options = new(drawn.Options) { [option.Name] = wrong };
            string errors =
                Assert.ThrowsAny<ArgumentException>(() => ScheduleCase.Get(name).Build(options).OrThrow(name)).Message;
            Assert.Matches($@"{option.Name} is \[?{wrong}\]?; allowed is ", errors);
        }
    }

    private static Schedule Build(string name, params (string Name, string Text)[] options) =>
        ScheduleCase.Get(name).Build(options.ToDictionary(option => option.Name, option => option.Text)).OrThrow(name);

    private static string ValidationErrors(string name, params (string Name, string Text)[] options) =>
        Assert.ThrowsAny<ArgumentException>(() => Build(name, options)).Message;
}
