using Functional.Optim.Training;

namespace Functional.Optim.Mpi.Examples;

/// <summary>The example of data-parallel training in the README of the sources.</summary>
internal static class TrainingOnRanks
{
    internal static async Task<ParameterTree<float>> Run(
        Ranks ranks, Optimizer optimizer, TrainModel<float, int> model, MicroBatchSource<int> microBatches,
        TrainerOptions options, ParameterTree<float> start)
    {
        #region src/README.md
        TreeShard shard = TreeShard.Of(optimizer, start.Layout, ranks);
        DataParallel<float, int> parallel = DataParallel.Of(shard, model, microBatches, count: 8);
        TrainResult<float> trained = await Trainer.Run(
            options, parallel.Model, optimizer, parallel.Data, TrainState.Init(optimizer, shard.Cut(start)));
        ParameterTree<float> whole = shard.Gather(trained.State.Parameters);
        #endregion
        return whole;
    }
}
