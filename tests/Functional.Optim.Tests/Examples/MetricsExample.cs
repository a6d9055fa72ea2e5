using System.Collections.Immutable;
using Functional.Optim.Tests.Training;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Examples;

/// <summary>The example of metrics in the guide to training: a run, and another that continues it.</summary>
public class MetricsExample
{
    [Fact]
    public async Task A_run_that_is_watched_and_continued()
    {
        TrainModel<float, float> model = new(Quadratic.Gradient);
        TrainData<float> data = new(Quadratic.Batch);
        Optimizer optimizer = AdamW.Of(0.05);
        (TrainState<float> state, ImmutableArray<StepReport> history) =
            await Run(TrainState.Init(optimizer, Quadratic.Start()), steps: 20);
        Assert.Equal(20, history.Length);
        (_, history) = await Run(state, steps: 50);
        Assert.Equal(Enumerable.Range(1, 50), history.Select(report => (int)report.Step));
        Assert.Equal(2, Directory.GetFiles("events").Length);
        Directory.Delete("events", recursive: true);
        File.Delete("metrics.csv");

        async Task<(TrainState<float> State, ImmutableArray<StepReport> History)> Run(
            TrainState<float> state, long steps)
        {
            #region samples/Guides/Training/README.md
            using Metrics metrics = Metrics.To(
                CsvMetrics.Open("metrics.csv", afterStep: state.Step),
                TensorBoardMetrics.Open("events", afterStep: state.Step));
            TrainResult<float> result =
                await Trainer.Run(TrainerOptions.Of(steps), model, optimizer, data, state, metrics);
            foreach (MetricsFailure failure in metrics.Failures) Console.Error.WriteLine(failure);
            ImmutableArray<StepReport> history = MetricsFile.Read("metrics.csv").ThrowIfFail();
            #endregion

            return (result.State, history);
        }
    }
}
