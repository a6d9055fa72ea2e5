using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Experiments;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class BiasCorrectionTests
{
    private static readonly ImmutableArray<BiasCorrectionRow> Constant =
        BiasCorrection.Run(new(), BiasCorrection.Constant);

    [Fact]
    public void The_uncorrected_step_is_longer_by_3_16_at_first_and_6_57_at_most()
    {
        Assert.Equal(3.16, Constant[0].Ratio, 2);
        BiasCorrectionRow greatest = Constant.MaxBy(row => row.Ratio)!;
        Assert.Equal(12, greatest.Step);
        Assert.Equal(6.57, greatest.Ratio, 2);
    }

    [Theory]
    [InlineData(0.9, 0.999, 20)]
    [InlineData(0.9, 0.999, 5)]
    [InlineData(0.99, 0.999, 5)]
    [InlineData(0.99, 0.9, 30)]
    [InlineData(0, 0, 1)]
    public void The_finding_looks_beyond_the_updates_of_the_table(double beta1, double beta2, int steps)
    {
        string finding = BiasCorrection.Experiment
            .Prepare(new Dictionary<string, string> { ["beta1"] = $"{beta1}", ["beta2"] = $"{beta2}",
                ["steps"] = $"{steps}" }).OrThrow("it")
            .Run(1, new Progress<double>(), CancellationToken.None).Report.Finding;
        double[] ratios =
        [
            .. BiasCorrection.Run(new() { Beta1 = beta1, Beta2 = beta2, Steps = 10_000 }, BiasCorrection.Constant)
                .Select(row => row.Ratio),
        ];
        string greatest = Figure.Of(ratios.Max(), 3);
        Assert.Matches($" {Regex.Escape(greatest)} times( as long)?, the maximum", finding);
        int settled = int.Parse(Regex.Match(finding, " From step (\\d+) on the two differ ").Groups[1].Value,
            CultureInfo.InvariantCulture);
        Assert.All(ratios.Skip(settled - 1), ratio => Assert.InRange(ratio, 0.99, 1.01));
        if (settled > 1) Assert.False(ratios[settled - 2] is > 0.99 and < 1.01);
    }

    [Fact]
    public void A_constant_gradient_is_estimated_at_once()
    {
        Assert.All(Constant, row => Assert.Equal(1, row.CorrectedM, 1e-12));
        Assert.All(Constant, row => Assert.Equal(1, row.CorrectedV, 1e-12));
        Assert.Equal(0.1, Constant[0].M, 1e-12);
        Assert.Equal(0.001, Constant[0].V, 1e-12);
    }

    [Fact]
    public void The_ratio_of_the_steps_is_that_of_the_factors_whatever_the_gradients()
    {
        foreach (Func<long, double> gradient in (Func<long, double>[])[BiasCorrection.Constant,
            BiasCorrection.Alternating, BiasCorrection.Random(5)])
        {
            Assert.All(
                BiasCorrection.Run(new() { Steps = 300, Beta1 = 0.8, Beta2 = 0.95 }, gradient),
                row => Assert.Equal(row.FirstFactor / Math.Sqrt(row.SecondFactor), row.Ratio, 1e-9));
        }
    }

    [Fact]
    public void Alternating_gradients_cancel_in_the_mean_and_not_in_the_square()
    {
        BiasCorrectionRow last = BiasCorrection.Run(new() { Steps = 1000 }, BiasCorrection.Alternating)[^1];
        Assert.Equal(-1 / 19.0, last.CorrectedM, 1e-9);
        Assert.Equal(1, last.CorrectedV, 1e-9);
    }
}
