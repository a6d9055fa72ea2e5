using System.Collections.Immutable;
using Experiments;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class AdaptiveRateTests
{
    private static readonly ImmutableArray<AdaptiveRateRun> Runs = AdaptiveRate.Run(new());

    [Fact]
    public void The_first_update_of_Adam_has_the_rates_0_125_and_0_00005()
    {
        AdaptiveRatePoint first = Runs[^1].Points[1];
        Assert.Equal(0.125, first.Flat.EffectiveRate!.Value, 1e-6);
        Assert.Equal(0.00005, first.Steep.EffectiveRate!.Value, 1e-9);
        Assert.Equal(2500, first.Ratio!.Value, 0.01);
        Assert.Null(Runs[^1].Points[0].Ratio);
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(99, 3.25)]
    public void The_source_texts_rates_are_too_large_by_the_missing_correction(int step, double times)
    {
        AdaptiveRatePoint point = Runs[^1].Points[step];
        Assert.Equal(times, point.Flat.UncorrectedRate!.Value / point.Flat.EffectiveRate!.Value, 0.03);
        Assert.Equal(times, point.Steep.UncorrectedRate!.Value / point.Steep.EffectiveRate!.Value, 0.03);
    }

    [Fact]
    public void At_the_source_texts_rates_Adam_loses_to_a_fixed_one()
    {
        Assert.Equal(5.34, Runs[^1].Points[99].Loss, 2);
        Assert.Equal(0.159, Runs[0].Points[99].Loss, 3);
        Assert.Equal([false, false, true, false], Runs.Select(run => run.Diverges));
    }

    [Fact]
    public void At_its_best_rate_Adam_ends_lower_than_any_fixed_one()
    {
        Dictionary<string, (double Rate, double Loss)> best =
            AdaptiveRate.Sweep(steps: 100).ToDictionary(sweep => sweep.Optimizer, sweep => sweep.Best);
        Assert.True(best["Adam"].Loss < 0.001 && best["SGD"].Loss > 0.1);
        // The flat parameter hardly moves at any rate below the critical one, 0.01, of the steep.
        Assert.InRange(best["SGD"].Rate, 0.001, 0.01);
    }

    [Fact]
    public void A_fixed_rate_is_the_same_for_both_parameters() =>
        Assert.All(Runs.SkipLast(1).SelectMany(run => run.Points.Skip(1)), point => Assert.Equal(1, point.Ratio));
}
