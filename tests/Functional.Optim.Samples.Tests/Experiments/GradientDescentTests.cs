using Experiments;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class GradientDescentTests
{
    private static readonly Dictionary<double, GradientDescentRow> ByRate =
        GradientDescent.Run(new()).ToDictionary(row => row.Rate);

    [Fact]
    public void The_critical_rate_splits_convergence_from_divergence()
    {
        Assert.Equal(0.4531, GradientDescent.CriticalRate, 4);
        Assert.All(ByRate.Values, row => Assert.Equal(row.Rate > GradientDescent.CriticalRate, row.Diverges));
        Assert.All(ByRate.Values, row => Assert.Equal(row.Rate == GradientDescent.CriticalRate, row.Stalls));
        double justBelow = GradientDescent.CriticalRate * 0.999, justAbove = GradientDescent.CriticalRate * 1.001;
        Assert.All(
            GradientDescent.Run(new() { Rates = [justBelow, justAbove], Steps = 10_000 }).Where(row => !row.Stalls),
            row => Assert.True(row.Diverges
                ? row.Rate == justAbove && row.FinalLoss > 1e9
                : row.Rate == justBelow && row.ConvergedAt is not null));
    }

    [Fact]
    public void The_losses_are_those_after_the_updates_and_the_source_texts_one_update_late()
    {
        Assert.Equal((29, 8), (ByRate[0.1].ConvergedAt, ByRate[0.3].ConvergedAt));
        Assert.Equal(8.92e-7, ByRate[0.1].LossThen!.Value, 1e-9);
        Assert.Equal(6.31e-7, ByRate[0.1].Losses[30], 1e-9);
        Assert.Equal(1.13e9, ByRate[0.5].Losses[49], 0.01e9);
        Assert.Equal(2.59e32, ByRate[0.7].Losses[49], 0.01e32);
    }

    [Theory]
    [InlineData("0.5", "2", "The rate 0.5 is above the critical 0.4531 and diverges, ", null)]
    [InlineData("0.5,1e300", "50", "The rates 0.5 and 1e300 are above the critical 0.4531 and diverge, ", null)]
    [InlineData("0.1", "50", "No rate is above the critical 0.4531, and none diverges. ",
        " The bound holds where η ≤ 1/L.")]
    [InlineData("1e-10", "50", "No rate is above the critical 0.4531, and none diverges. ",
        " The bound holds where η ≤ 1/L.")]
    [InlineData("0.1,0.45", "50", "No rate is above ",
        " The bound holds where η ≤ 1/L, and is exceeded 26.5 times over at η = 0.45, without divergence.")]
    public void The_finding_says_what_the_rates_show(string rates, string steps, string begins, string? bound)
    {
        string finding = GradientDescent.Experiment.Prepare(
            new Dictionary<string, string> { ["rates"] = rates, ["steps"] = steps }).OrThrow("it")
            .Run(1, new Progress<double>(), CancellationToken.None).Report.Finding;
        Assert.StartsWith(begins, finding, StringComparison.Ordinal);
        if (bound is null) Assert.DoesNotContain("holds where", finding, StringComparison.Ordinal);
        else Assert.EndsWith(bound, finding, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fitted_ratio_tends_to_the_theoretical()
    {
        Assert.Equal(0.7056, ByRate[0.1].FittedRatio, 4);
        Assert.Equal(0.7080, ByRate[0.1].TheoreticalRatio, 4);
        Assert.All(ByRate.Values, row => Assert.Equal(row.TheoreticalRatio, row.LateRatio, 1e-6));
    }

    [Fact]
    public void The_bound_holds_up_to_1_over_L_and_is_exceeded_above()
    {
        Assert.Equal(26.5, ByRate[0.45].MaxOverBound, 1);
        Assert.All(
            GradientDescent.Run(new() { Rates = [.. Enumerable.Range(1, 45).Select(hundredths => hundredths / 100.0)] })
                .Where(row => row.BoundApplies),
            row => Assert.InRange(row.MaxOverBound, 0, 1));
    }
}
