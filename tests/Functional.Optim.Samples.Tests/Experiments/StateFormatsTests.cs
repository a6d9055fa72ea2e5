using Experiments;
using Functional.Optim.Samples.Tests.LanguageModel.Text;
using Functional.Optim.Tests.Processes;

namespace Functional.Optim.Samples.Tests.Experiments;

public sealed class StateFormatsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_format_learns_from_the_same_start_with_the_state_that_it_says()
    {
        File.WriteAllText(folder.At("text.txt"), Texts.Sentences(4000));
        StateFormatsOptions options = new()
        {
            Nano = new() { Text = folder.At("text.txt"), Steps = 30, Blocks = 1, Width = 32 }, Seeds = 2,
        };
        StateFormatsResult result = StateFormats.Run(options, 1, new Progress<double>(), CancellationToken.None);
        Assert.Equal(Enum.GetValues<StateFormat>(), result.Rows.Select(row => row.Format));
        double[] bytes = [8, 4, 2.03, 2.03];
        foreach ((StateFormatsRow row, double expected) in result.Rows.Zip(bytes))
        {
            Assert.Equal(expected, row.StateBytes, 0.15);
            foreach ((TrainingCurve own, TrainingCurve full) in row.Curves.Zip(result.Rows[0].Curves))
            {
                Assert.Equal(full.Losses[0], own.Losses[0]);
                Assert.True(own.FinalLoss < own.Losses[0] - 0.3, $"{row.Format}: {own.FinalLoss}");
            }
        }

        Assert.NotEqual(result.Rows[0].Curves[0].Losses[0], result.Rows[0].Curves[1].Losses[0]);
        // In bits all differ, so each format was used.
        Assert.Equal(4, result.Rows.Select(row => row.Curves[0].FinalLoss).Distinct().Count());
    }
}
