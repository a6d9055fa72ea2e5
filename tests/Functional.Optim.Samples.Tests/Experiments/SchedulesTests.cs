using System.Globalization;
using Experiments;
using ScheduleExperiment = Experiments.Schedules;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class SchedulesTests
{
    private static readonly Dictionary<string, ScheduleRow> Rows =
        ScheduleExperiment.Run(new()).ToDictionary(row => row.Name);

    [Fact]
    public void No_schedule_leaves_its_range_and_none_falls_below_its_floor_after_the_end()
    {
        Assert.All(Rows.Values, row => Assert.Equal(1e-3, row.Max));
        Assert.All(Rows.Values, row => Assert.Equal(row.Final, row.Beyond));
        Assert.Equal(1e-5, Rows["exponential"].Beyond);
    }

    [Fact]
    public void The_lowest_rate_of_a_warmed_up_schedule_is_its_first()
    {
        Assert.All(Rows.Values.Where(row => row.Name != "constant"),
            row => Assert.Equal((1e-6, row.First), (row.Min, row.Min)));
        Assert.All(Rows.Values.Where(row => row.Name != "constant"),
            row => Assert.Equal((1000, 1e-3), (row.MaxAt, row.AtWarmup)));
    }

    [Fact]
    public void Halfway_through_the_decay_the_kinds_are_where_their_formulas_say()
    {
        const int Middle = (1000 + 10_000) / 2;
        Assert.Equal((1e-3 + 1e-5) / 2, Rows["cosine"].Rates[Middle - 1], 1e-12);
        Assert.Equal(1e-5 + (0.99e-3 / 4), Rows["polynomial"].Rates[Middle - 1], 1e-12);
        Assert.Equal(1e-4, Rows["exponential"].Rates[Middle - 1], 1e-12);
    }

    [Fact]
    public void A_join_goes_over_to_the_next_schedule_after_its_step()
    {
        Assert.Equal([1e-5, 5e-4],
            [.. Rows["cosine, restarted"].Rates.Skip(4999).Take(2).Select(rate => Math.Round(rate, 6))]);
        Assert.All(Rows["warm-up, stable, decay"].Rates.Skip(999).Take(7001), rate => Assert.Equal(1e-3, rate));
        Assert.True(Rows["warm-up, stable, decay"].Rates[8000] < 1e-3);
    }

    [Theory]
    [InlineData("1e-5")]
    [InlineData("5e-4")]
    [InlineData("1e-3")]
    public void The_finding_counts_the_updates_above_half_the_peak(string floor)
    {
        string finding = ScheduleExperiment.Experiment.Prepare(
            new Dictionary<string, string> { ["floor"] = floor }).OrThrow("it")
            .Run(1, new Progress<double>(), CancellationToken.None).Report.Finding;
        double[] cosine = Schedule.WarmupCosine(
            1e-3, 1000, 10_000, double.Parse(floor, CultureInfo.InvariantCulture)).Preview(10_000);
        Assert.Contains($" cosine for {cosine.Count(rate => rate > 0.5e-3) / 100.0:0} %", finding,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_is_refused_with_what_is_allowed() =>
        Assert.All(ScheduleExperiment.Refused(new()),
            row => Assert.Contains(" allowed is ", row.Error, StringComparison.Ordinal));
}
