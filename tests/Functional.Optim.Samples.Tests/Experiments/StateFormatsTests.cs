using Experiments;
using Functional.Optim.Samples.Tests.LanguageModel.Text;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class StateFormatsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_way_learns_from_the_same_start_with_the_state_that_it_says()
    {
        File.WriteAllText(folder.At("text.txt"), Texts.Sentences(4000));
        StateFormatsOptions options = new()
        {
            Nano = new() { Text = folder.At("text.txt"), Steps = 30, Blocks = 1, Width = 32 }, Seeds = 2,
        };
        StateFormatsResult result = StateFormats.Run(options, 1, new Progress<double>(), CancellationToken.None);
        Assert.Equal(NumberFormats.All, result.Rows.Select(row => row.Formats));
        double[] bytes = [8, 4, 2.03, 2.03, 8, 12, 8, 6];
        Assert.Equal(bytes.Length, result.Rows.Length);
        foreach ((StateFormatsRow row, double expected) in result.Rows.Zip(bytes))
        {
            Assert.Equal(expected, row.StateBytes, 0.15);
            foreach ((TrainingCurve own, TrainingCurve full) in row.Curves.Zip(result.Rows[0].Curves))
            {
                Assert.Equal(full.Losses[0], own.Losses[0]);
                Assert.True(own.FinalLoss < own.Losses[0] - 0.3, $"{row.Formats}: {own.FinalLoss}");
            }
        }

        Assert.NotEqual(result.Rows[0].Curves[0].Losses[0], result.Rows[0].Curves[1].Losses[0]);
        // In bits all differ, so each was used.
        Assert.Equal(bytes.Length, result.Rows.Select(row => row.Curves[0].FinalLoss).Distinct().Count());
    }
}
