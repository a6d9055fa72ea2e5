using Functional.Optim.Training;

namespace Functional.Optim.Mpi.Examples;

/// <summary>The example of data-parallel training in the README of the sources.</summary>
internal static class TrainingOnRanks
{
    internal static async Task<ParameterTree<float>> Run(
        Ranks ranks, Optimizer optimizer, TrainModel<float, int> model, MicroBatchSource<int> microBatches,
        TrainerOptions options, ParameterTree<float> start, string path, CancellationToken cancellation)
    {
        #region samples/Guides/Training/README.md
        TreeShard shard = TreeShard.Of(optimizer, start.Layout, ranks);
        using CheckpointFolder folder = CheckpointFolder.Open(path, shard).ThrowIfFail();
        DataParallel<float, int> parallel = DataParallel.Of(
            shard, model, microBatches, count: 8, cancellationToken: cancellation);
        TrainResult<float> trained = await Trainer.Run(
            options, parallel.Model, optimizer, parallel.Data, folder.Newest<float>(optimizer).Match(
                Succ: found => found.Checkpoint,
                Fail: _ => new Checkpoint<float>(TrainState.Init(optimizer, shard.Cut(start)))),
            cancellationToken: parallel.Cancellation, hooks: [Checkpoints.Every(100, folder)]);
        ParameterTree<float> whole = shard.Gather(trained.State.Parameters);
        #endregion
        return whole;
    }
}
