using Functional.Optim.Tests.Kernels;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training;

/// <summary>What all threads allocate is counted, so that no other test runs meanwhile.</summary>
[Collection(ThreadLimit.Name)]
public sealed class CheckpointMemoryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(StateFormat.Full)]
    [InlineData(StateFormat.BFloat16)]
    public void Saving_allocates_less_than_a_tenth_of_the_state(StateFormat format)
    {
        ParameterTree<float> parameters = TreeLayout.Of(("w", [1024, 1024]), ("b", [1024])).Zeros<float>();
        Checkpoint<float> checkpoint = new(TrainState.Init(AdamW.Of(0.1).WithState(format), parameters));
        CheckpointFile.Save(checkpoint, folder.At("checkpoint"));
        long before = GC.GetTotalAllocatedBytes(precise: true);
        CheckpointFile.Save(checkpoint, folder.At("checkpoint"));
        Assert.InRange(
            GC.GetTotalAllocatedBytes(precise: true) - before, 0, checkpoint.State.Optimizer.ByteCount / 10);
    }
}
