using Functional.Optim.Benchmarks.Rivals;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks.Tests;

/// <summary>The model with torch is that of MiniGpt, so that the times of their steps may be compared.</summary>
public sealed class TorchGptTests
{
    [TorchFact]
    public void Both_models_have_the_same_losses_and_nearly_the_same_parameters()
    {
        NanoStep nano = new(NanoStep.Nano);
        ParameterTree<float> start = nano.Model.Init();
        using TorchGpt torch = new(nano.Preset, start, threads: 1);
        for (int step = 1; step <= 3; step++)
            Assert.Equal(nano.Run(), torch.Step(nano.BatchOf(step)), 1e-5);
        foreach (Leaf leaf in start.Layout.Leaves)
        {
            float[] actual = torch.Values(leaf.Name);
            double error = BlockReduction.Distance<float>(nano.Parameters.AsSpan(leaf.Name), actual);
            double moved = BlockReduction.Distance<float>(start.AsSpan(leaf.Name), actual);
            Assert.InRange(error / moved, 0, 0.001);
        }
    }
}
