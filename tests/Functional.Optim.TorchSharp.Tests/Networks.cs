using TorchSharp;
using static TorchSharp.torch;

namespace Functional.Optim.TorchSharp.Tests;

using Network = nn.Module<Tensor, Tensor>;

/// <summary>Small modules, and gradients that depend on the step only.</summary>
internal static class Networks
{
    // The networks are small, so that threads take longer to start than to work.
    static Networks() => set_num_threads(1);

    internal static Network Mlp(ScalarType type = ScalarType.Float32)
    {
        random.manual_seed(7);
        return nn.Sequential(
            ("hidden", nn.Linear(3, 8, dtype: type)), ("tanh", nn.Tanh()), ("output", nn.Linear(8, 2, dtype: type)));
    }

    internal static Network WithBatchNorm()
    {
        random.manual_seed(7);
        return nn.Sequential(
            ("hidden", nn.Linear(3, 8)), ("norm", nn.BatchNorm1d(8)), ("relu", nn.ReLU()), ("output", nn.Linear(8, 2)));
    }

    /// <summary>Adds the gradients of a loss of the batch of a step, and returns the loss.</summary>
    internal static double Backward(Network network, long step, double scale = 1)
    {
        using Tensor loss = Loss(network, step, scale);
        loss.backward();
        return loss.ToDouble();
    }

    internal static Tensor Loss(Network network, long step, double scale = 1)
    {
        using Generator generator = new((ulong)step + 100);
        ScalarType type = network.parameters().First().dtype;
        using Tensor input = rand([16, 3], type, generator: generator), target = input.narrow(1, 0, 2).sin();
        using Tensor output = network.forward(input);
        return scale * nn.functional.mse_loss(output, target);
    }

    /// <summary>The loop of torch: as many steps as are asked for, after those that were made.</summary>
    internal static double[] Train(Network network, optim.Optimizer optimizer, int steps, long after = 0)
    {
        double[] losses = new double[steps];
        for (int step = 0; step < steps; step++)
        {
            optimizer.zero_grad();
            losses[step] = Backward(network, after + step);
            optimizer.step();
        }

        return losses;
    }
}
