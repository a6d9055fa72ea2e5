using Experiments;
using Functional.Optim.Samples.Tests.LanguageModel.Text;
using Functional.Optim.Tests.Kernels;
using Functional.Optim.Tests.Processes;
using MiniGpt;

namespace Functional.Optim.Samples.Tests.Experiments;

[Collection(ThreadLimit.Name)]
public sealed class LanguageModelOptimizersTests : IDisposable
{
    private static readonly Progress<double> Nobody = new();

    private readonly TemporaryFolder folder = new();
    private readonly LanguageModelOptimizersOptions options;

    public LanguageModelOptimizersTests()
    {
        File.WriteAllText(folder.At("text.txt"), Texts.Sentences(20_000));
        options = new() { Text = folder.At("text.txt"), Steps = 120, Width = 32 };
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void On_a_real_text_every_optimizer_learns_more_than_the_frequencies()
    {
        OptimizerSweep result = LanguageModelOptimizers.Run(options, 1, Nobody, CancellationToken.None);
        Assert.Equal(["SGD with momentum", "Adam", "AdamW"], result.Best.Select(row => row.Optimizer));
        Assert.All(result.Best, row => Assert.True(
            row.Curve.FinalLoss < result.FrequencyLoss - options.Gain, $"{row.Optimizer}: {row.Curve.FinalLoss}"));
        Assert.All(result.Best, row => Assert.InRange(
            row.Curve.ReachedAt(result.FrequencyLoss - options.Gain)!.Value,
            row.Curve.ReachedAt(result.FrequencyLoss)!.Value, options.Steps));
    }

    [Fact]
    public void All_start_at_one_point_on_the_same_batches_and_the_batches_choose_the_rate()
    {
        OptimizerSweep result = LanguageModelOptimizers.Run(options, 1, Nobody, CancellationToken.None);
        Assert.Single(result.Rows.Select(row => (row.Curve.Losses[0], row.Curve.GradientNorms[0])).Distinct());
        foreach (IGrouping<string, SweepRow> group in result.Rows.GroupBy(row => row.Optimizer))
            Assert.Equal(group.MinBy(row => row.Curve.LateLoss), Assert.Single(group, row => row.IsBest));
    }

    [Fact]
    public void Without_decay_AdamW_is_Adam()
    {
        SweepRow[] rows =
        [
            .. LanguageModelOptimizers.Run(
                options with { WeightDecay = 0, Steps = 20, SgdRates = [0.1], AdamRates = [0.003] }, 1, Nobody,
                CancellationToken.None).Rows,
        ];
        Assert.All(rows[1].Curve.Losses.Zip(rows[2].Curve.Losses), pair => Assert.Equal(pair.Item1, pair.Item2, 1e-4));
        Assert.NotEqual(rows[0].Curve.FinalLoss, rows[1].Curve.FinalLoss, 1e-3);
    }

    [Fact]
    public void The_figures_do_not_depend_on_the_threads()
    {
        LanguageModelOptimizersOptions brief = options with { Steps = 20, SgdRates = [0.1], AdamRates = [0.003] };
        double[] Losses(int threads) => ThreadLimit.With(threads, () =>
            LanguageModelOptimizers.Run(
                brief, 1, Nobody, CancellationToken.None).Rows.SelectMany(row => row.Curve.Losses).ToArray());
        Assert.Equal(Losses(1), Losses(4));
    }

    [Fact]
    public void It_tells_how_far_it_is_and_stops_when_told()
    {
        List<double> told = [];
        LanguageModelOptimizers.Run(
            options with { Steps = 10, SgdRates = [0.1, 1e9] }, 1, new Listener(told), CancellationToken.None);
        Assert.Equal(1, told.Max());
        using CancellationTokenSource source = new();
        Listener stopper = new(told, source.Cancel);
        Assert.ThrowsAny<OperationCanceledException>(
            () => LanguageModelOptimizers.Run(options, 1, stopper, source.Token));
    }

    private sealed class Listener(List<double> told, Action? then = null) : IProgress<double>
    {
        public void Report(double value)
        {
            lock (told) told.Add(value);
            then?.Invoke();
        }
    }
}
