using Functional.Optim.Tests.Training;
using Functional.Optim.Training;
using LanguageExt;

namespace Functional.Optim.Tests.Examples;

/// <summary>The example of hooks in the guide to training: a run, and its continuation.</summary>
public class SurvivalExample
{
    [Fact]
    public async Task A_run_that_is_stopped_and_continued()
    {
        TrainModel<float, float> model = new(Quadratic.Gradient, Quadratic.Loss);
        TrainData<float> data = new(Quadratic.Batch, Quadratic.Batch);
        Optimizer optimizer = AdamW.Of(0.05);
        TrainState<float> Fresh() => TrainState.Init(optimizer, Quadratic.Start());
        using CancellationTokenSource stop = new();
        TrainData<float> stopping = data with
        {
            Training = step =>
            {
                if (step == 70) stop.Cancel();
                return Quadratic.Batch(step);
            },
        };
        TrainResult<float> stopped = await Run(stopping, stop.Token);
        Assert.Equal((StopReason.Cancelled, 70), (stopped.Reason, stopped.State.Step));
        TrainResult<float> whole = await Trainer.Run(TrainerOptions.Of(200), model, optimizer, data, Fresh());
        TrainResult<float> continued = await Run(data, CancellationToken.None);
        Assert.Equal(whole.State, continued.State);
        Directory.Delete("run", recursive: true);

        async Task<TrainResult<float>> Run(TrainData<float> data, CancellationToken cancellation)
        {
            #region samples/Guides/Training/README.md
            using CheckpointFolder folder = CheckpointFolder.Open("run").ThrowIfFail();
            Checkpoint<float> start = folder.Newest<float>(optimizer)
                .Match(Succ: found => found.Checkpoint, Fail: _ => new Checkpoint<float>(Fresh()));
            TrainResult<float> result = await Trainer.Run(
                TrainerOptions.Of(steps: 200) with { Notify = Console.Error.WriteLine },
                model, optimizer, data, start, cancellationToken: cancellation,
                hooks:
                [
                    Checkpoints.Every(50, folder, keep: 3), KeepBest.OnValidation(folder),
                    EarlyStop.OnValidation(patience: 5), LossSpikes.RollBack(rateFactor: 0.5),
                ]);
            #endregion

            return result;
        }
    }
}
