using Functional.Optim.Tests.Ranks;
using Functional.Optim.Training;

namespace Functional.Optim.Benchmarks.Scaling;

/// <summary>What one process sends in a step of clipped AdamW.</summary>
/// <param name="BytesSent">The bytes.</param>
/// <param name="Rounds">How many times it waits for messages.</param>
internal readonly record struct StepTraffic(long BytesSent, long Rounds)
{
    /// <summary>Makes the step, without the other processes, and counts.</summary>
    /// <param name="parameters">The number of parameters.</param>
    /// <param name="processes">The number of processes.</param>
    internal static StepTraffic Of(int parameters, int processes)
    {
        CountedRanks ranks = new(rank: 0, processes);
        TreeLayout layout = TreeLayout.Of(("parameters", [parameters]));
        Optimizer optimizer = Clip.ByGlobalNorm(1).Then(AdamW.Of(1e-3));
        TreeShard shard = TreeShard.Of(optimizer, layout, ranks);
        DataParallel<float, int> parallel = DataParallel.Of(
            shard, new TrainModel<float, int>(Ones), static (_, index) => index, count: processes);
        TrainState<float> state = TrainState.Init(optimizer, shard.Cut(layout.Zeros<float>()));
        TrainStep.RunDonating(optimizer, parallel.Model.Gradient, state, 1L);
        return new(ranks.BytesSent, ranks.Rounds);
    }

    private static (double Loss, ParameterTree<float> Gradients) Ones(
        ParameterTree<float> parameters, int batch, long step)
    {
        TreeBuffer<float> gradients = parameters.Layout.Rent<float>();
        foreach (Leaf leaf in gradients.Layout.Leaves) gradients.AsSpan(leaf).Fill(1);
        return (1, gradients.ToTree());
    }
}
