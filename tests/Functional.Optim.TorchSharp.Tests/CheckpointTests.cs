using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Functional.Optim.TorchSharp.Tests;

using Network = nn.Module<Tensor, Tensor>;

public class CheckpointTests
{
    [TorchFact]
    public void A_run_that_resumes_has_the_bits_of_one_that_was_never_stopped()
    {
        foreach (Optimizer optimizer in (Optimizer[])[
            Clip.ByGlobalNorm(0.5).Then(AdamW.Of(Schedule.Cosine(0.01, totalSteps: 20))),
            AdamW.Of(0.01).WithState(StateFormat.BFloat16),
            Accumulate.Of(3, Sgd.Of(0.1, momentum: 0.9))])
        {
            using TemporaryFolder folder = new();
            using Network whole = Networks.WithBatchNorm(), resumed = Networks.WithBatchNorm();
            using TorchOptimizer<float> first = TorchOptimizer.Of(whole, optimizer);
            Networks.Train(whole, first, 7);
            first.Save(folder.At("run.safetensors"));
            Networks.Train(whole, first, 6, after: 7);

            using TorchOptimizer<float> second = TorchOptimizer.Of(resumed, optimizer);
            second.Load(folder.At("run.safetensors"));
            Networks.Train(resumed, second, 6, after: 7);
            Assert.Equal((first.ToTree(), first.State), (second.ToTree(), second.State));
            foreach ((Tensor expected, Tensor actual) in whole.buffers().Zip(resumed.buffers()))
                Assert.True(expected.allclose(actual, 0, 0));
        }
    }

    [TorchFact]
    public void A_parameter_that_missed_updates_goes_on_from_them()
    {
        using TemporaryFolder folder = new();
        using Network whole = Networks.Mlp(), resumed = Networks.Mlp();
        using TorchOptimizer<float> first = TorchOptimizer.Of(whole, AdamW.Of(0.01));
        for (int step = 0; step < 3; step++)
        {
            whole.zero_grad();
            using (Tensor loss = whole.get_parameter("output.bias")!.sum()) loss.backward();
            first.step();
        }

        first.Save(folder.At("run.safetensors"));
        using TorchOptimizer<float> second = TorchOptimizer.Of(resumed, AdamW.Of(0.01));
        second.Load(folder.At("run.safetensors"));
        Networks.Train(whole, first, 2);
        Networks.Train(resumed, second, 2);
        Assert.Equal((first.ToTree(), first.State), (second.ToTree(), second.State));
    }

    [TorchFact]
    public void The_file_has_the_parameters_by_name_and_the_state()
    {
        using TemporaryFolder folder = new();
        using Network network = Networks.Mlp();
        using TorchOptimizer<float> bound = TorchOptimizer.Of(network, AdamW.Of(0.01));
        Networks.Train(network, bound, 2);
        bound.Save(folder.At("run.safetensors"));
        Assert.Equal(bound.ToTree(), ParameterFile.Load<float>(folder.At("run.safetensors")).ThrowIfFail());
        using SafetensorsFile file = SafetensorsFile.Open(folder.At("run.safetensors")).ThrowIfFail();
        Assert.Superset(
            new HashSet<string>
            {
                "hidden.weight", "output.bias", "optimizer.m.hidden.weight", "optimizer.v.output.bias",
            },
            file.Tensors.Select(tensor => tensor.Name).ToHashSet());
        Checkpoint<float> checkpoint = CheckpointFile.Load<float>(folder.At("run.safetensors")).ThrowIfFail();
        Assert.Equal((2, bound.State, $"{AdamW.Of(0.01)}"), (
            checkpoint.Step, checkpoint.State.Optimizer, checkpoint.OptimizerText));
    }

    [TorchFact]
    public void What_does_not_fit_is_refused_and_changes_nothing()
    {
        using TemporaryFolder folder = new();
        string path = folder.At("run.safetensors");
        using Network network = Networks.WithBatchNorm();
        using TorchOptimizer<float> saved = TorchOptimizer.Of(network, AdamW.Of(0.01));
        Networks.Train(network, saved, 2);
        saved.Save(path);

        Fails(Networks.WithBatchNorm(), Yogi.Of(0.01), path, "adam");
        Fails(Networks.Mlp(), AdamW.Of(0.01), path, "output.weight[2, 8]");
        Fails(nn.Sequential(("hidden", nn.Linear(3, 9))), AdamW.Of(0.01), path, "hidden.weight[9, 3]");
        Fails(Networks.WithBatchNorm(), AdamW.Of(0.01), folder.At("none"), "none");
        Fails(
            Networks.WithBatchNorm(), AdamW.Of(0.01), folder.Write("bad", [.. File.ReadAllBytes(path)[..^1], 77]),
            "bad");

        Checkpoint<float> checkpoint = saved.ToCheckpoint();
        CheckpointFile.Save(checkpoint with { Memory = checkpoint.Memory.Clear() }, path);
        Fails(Networks.WithBatchNorm(), AdamW.Of(0.01), path, "lacks the buffer 'norm.running_mean'");
        foreach (string text in (string[])["Float32[9] AAAA", "Float32[8] AAAA", "Float32[8] !!", "x"])
        {
            CheckpointFile.Save(
                checkpoint with { Memory = checkpoint.Memory.SetItem("torch.buffer.norm.running_mean", text) }, path);
            Fails(Networks.WithBatchNorm(), AdamW.Of(0.01), path, "buffer 'norm.running_mean'");
        }

        Assert.Contains(
            "nowhere", Assert.Throws<IOException>(() => saved.Save(folder.At("nowhere/x"))).Message);

        static void Fails(Network network, Optimizer optimizer, string path, string what)
        {
            using Network disposed = network;
            using TorchOptimizer<float> bound = TorchOptimizer.Of(network, optimizer);
            (ParameterTree<float> parameters, OptimizerState<float> state) = (bound.ToTree(), bound.State.Copy());
            Assert.Contains(
                what, Assert.Throws<IOException>(() => bound.Load(path)).Message, StringComparison.Ordinal);
            Assert.True(bound.TryLoad(path).IsFail);
            Assert.Equal((parameters, state), (bound.ToTree(), bound.State));
        }
    }
}
