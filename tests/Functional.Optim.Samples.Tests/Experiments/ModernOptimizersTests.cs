using System.Collections.Immutable;
using Experiments;
using Functional.Optim.Samples.Tests.LanguageModel.Text;
using Functional.Optim.Tests.Processes;
using LanguageModel;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class ModernOptimizersTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_tries_AdamW_and_ten_others_or_more_each_of_the_catalogue()
    {
        ImmutableArray<Contender> all = ModernOptimizers.Contenders;
        Assert.Equal("adamW", all[0].Text);
        Assert.True(all.Select(one => one.Text).Distinct().Count() == all.Length && all.Length > 10);
        Assert.All(all, one => Assert.True(
            OptimizerChoice.Create(OptimizerChoice.With(Preset.All[0], one.Text)).IsSuccess, one.Text));
        Assert.All(all, one => Assert.Equal(OptimizerChoice.IsRateFree(one.Text) ? 1 : 3, one.Rates.Length));
    }

    [Fact]
    public void Every_optimizer_starts_alike_and_learns_and_what_it_costs_is_measured()
    {
        File.WriteAllText(folder.At("text.txt"), Texts.Sentences(4000));
        ModernOptimizersOptions options = new()
        {
            Nano = new() { Text = folder.At("text.txt"), Steps = 20, Blocks = 1, Width = 16 }, TimedSteps = 11,
        };
        ModernOptimizersResult result =
            ModernOptimizers.Run(options, 1, new Progress<double>(), CancellationToken.None);
        Assert.Equal(ModernOptimizers.Contenders.Length, result.Rows.Length);
        Assert.Single(result.Sweep.Rows.Select(row => row.Curve.Losses[0]).Distinct());
        Assert.All(result.Rows, row =>
        {
            SweepRow[] own = [.. result.Sweep.Rows.Where(one => one.Optimizer == row.Swept.Optimizer)];
            Assert.True(row.Swept.Curve.FinalLoss < result.Sweep.FrequencyLoss + 0.3, $"{row.Swept}");
            Assert.Equal(own.MinBy(one => one.Curve.LateLoss), row.Swept);
            // A sweep whose best rate is at its end goes on, twice at most; one rate is no sweep.
            bool isSwept = own.Length > 1;
            Assert.Equal(isSwept && (row.Swept == own[0] || row.Swept == own[^1]), row.IsAtEnd);
            Assert.InRange(own.Length, row.IsAtEnd ? 5 : isSwept ? 3 : 1, 5);
            Assert.InRange(row.OptimizerMilliseconds!.Value, 0, row.Milliseconds!.Value);
        });
        ModernOptimizersRow adamW = result.Rows.Single(row => row.Swept.Optimizer == "adamW");
        Assert.Equal(8, adamW.StateBytes, 0.5);
        Assert.Equal(result.Rows.OrderBy(row => row.Swept.Curve.FinalLoss), result.Rows);
        Assert.All(result.Rows, row => Assert.Equal(
            row.Swept.Curve.HeldOutLosses.Any(loss => loss <= adamW.Swept.Curve.FinalLoss), row.ReachedAt is not null));
    }
}
