using Functional.Optim;
using Functional.Optim.TorchSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Functional.Optim.TorchSharp.Tests.Examples;

/// <summary>The example of the README: a loop of torch, and a pure step beside a module.</summary>
public class TorchLoop
{
    [TorchFact]
    public void A_loop_of_torch()
    {
        using nn.Module<Tensor, Tensor> network = Networks.Mlp();
        (Tensor, Tensor)[] batches = [.. Enumerable.Range(0, 20).Select(_ => (rand(16, 3), zeros(16, 2)))];
        double first = Networks.Loss(network, 0).ToDouble();
        Schedule schedule = Schedule.WarmupCosine(peak: 3e-4, warmupSteps: 100, totalSteps: 2000, floor: 3e-5);
        #region README.md
        // before: using var optimizer = torch.optim.AdamW(network.parameters(), lr: 3e-4, weight_decay: 0.1);
        using var optimizer = TorchOptimizer.Of(
            network, Clip.ByGlobalNorm(1.0).Then(AdamW.Of(schedule, weightDecay: 0.1)));
        foreach (var (input, target) in batches)
        {
            optimizer.zero_grad();
            using Tensor loss = nn.functional.mse_loss(network.forward(input), target);
            loss.backward();
            optimizer.step();
        }

        optimizer.Save("model.safetensors");   // and optimizer.Load(…) in another run goes on with the same bits
        #endregion
        Assert.Equal(20, optimizer.State.Step);
        ParameterTree<float> trained = optimizer.ToTree();
        optimizer.step();
        optimizer.Load("model.safetensors");
        Assert.Equal((20, trained), (optimizer.State.Step, optimizer.ToTree()));
        File.Delete("model.safetensors");
        Assert.NotEqual(first, Networks.Loss(network, 0).ToDouble());
    }

    [TorchFact]
    public void A_pure_step_beside_a_module()
    {
        using nn.Module<Tensor, Tensor> network = Networks.Mlp();
        AdamW adamw = AdamW.Of(0.01);
        Networks.Backward(network, 0);
        #region src/README.md
        ParameterTree<float> parameters = TorchTree.Of(network);                     // or of network.state_dict()
        AdamState<float> state = adamw.Init(parameters);
        (parameters, state) = adamw.Step(parameters, TorchTree.GradientsOf(network), state);
        parameters.CopyTo(network);
        #endregion
        Assert.Equal((1, parameters), (state.Step, TorchTree.Of(network)));
    }
}
