using Experiments;
using Functional.Optim.Samples.Tests.LanguageModel.Text;
using Functional.Optim.Tests.Processes;
using MiniGpt;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class WarmupTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly WarmupOptions options;

    public WarmupTests()
    {
        File.WriteAllText(folder.At("text.txt"), Texts.Sentences(20_000));
        options = new() { Text = folder.At("text.txt"), Steps = 100, AdamRates = [], SgdRates = [],
            Seeds = 2, AdamWidth = 32 };
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_high_rate_of_SGD_breaks_some_runs_without_a_warmup_and_none_with_a_tenth()
    {
        WarmupResult result = Run(options with { SgdRates = [0.4], Warmups = [0, 0.1], Steps = 200, Seeds = 5 });
        (WarmupRow without, WarmupRow with) = (result.Rows[0], result.Rows[1]);
        Assert.Equal((0, 20), (without.Steps, with.Steps));
        Assert.True(without.Lost > 0 && without.Stability < 0.7, $"{without.Lost} lost, stability {without.Stability}");
        Assert.True(with.Lost == 0 && with.Stability == 1, $"{with.Lost} lost, stability {with.Stability}");
        Assert.True(with.FinalLoss < result.FrequencyLoss - 1 && with.FinalLoss < without.FinalLoss - 1,
            $"{with.FinalLoss}, {without.FinalLoss}");
    }

    [Fact]
    public void Usual_rates_need_no_warmup() =>
        Assert.All(
            Run(options with { SgdRates = [0.05], AdamRates = [0.0005], Warmups = [0, 0.1] }).Rows,
            row => Assert.Equal((1, 0), (row.Stability, row.Trainings.Sum(training => training.Spikes))));

    [Fact]
    public void A_warmup_ends_inside_the_run() =>
        Assert.Equal([0, 1, 19], Run(
            options with { SgdRates = [0.05], Warmups = [0, 0.05, 0.99], Steps = 20, Seeds = 1 }).Rows.Select(row =>
                row.Steps));

    [Fact]
    public void A_gradient_that_is_not_finite_ends_a_run_and_is_an_explosion()
    {
        WarmupTraining training = Assert.Single(
            Assert.Single(Run(options with { SgdRates = [1e30], Warmups = [0], Seeds = 1 }).Rows).Trainings);
        Assert.True(training.Curve.Breaks && training.IsLost && double.IsPositiveInfinity(training.Curve.FinalLoss));
        Assert.Equal(1 + training.Curve.GradientNorms.Count(norm => norm > 10), training.Explosions);
    }

    [Theory]
    [InlineData(11, 2.1, 1)]
    [InlineData(11, 2, 0)]
    [InlineData(10, 2.1, 0)]
    public void A_spike_is_more_than_twice_the_mean_of_the_ten_before_from_the_twelfth_on(
        int before, double loss, int spikes) =>
        Assert.Equal(spikes, Warmup.Spikes([.. Enumerable.Repeat(1.0, before), loss]));

    private static WarmupResult Run(WarmupOptions options) =>
        Warmup.Run(options, 1, new Progress<double>(), CancellationToken.None);
}
