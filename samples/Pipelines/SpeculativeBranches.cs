using Functional.Optim;
using Functional.Optim.Autodiff;
using Functional.Optim.Kernels;

namespace Pipelines;

/// <summary>
/// Finds its learning rate as it goes. In each round three branches start from one state, with half the rate, the
/// rate and twice the rate; the one with the lowest validation loss goes on. A state is a value that never changes,
/// so to branch is to give it to three functions at once: nothing is copied, restored or locked.
/// </summary>
public static class SpeculativeBranches
{
    private const int Rounds = 12, StepsOfRound = 25, Points = 64, Width = 16;

    private static readonly double[] Factors = [0.5, 1, 2];

    private static readonly Adam Optimizer = Adam.Of(0.001);

    // The points of the validation lie between those of the training.
    private static readonly LossFunction<float> Training = LossOn(shift: 0), Validation = LossOn(shift: 0.5f);

    /// <summary>Fits a curve by a small network, and writes which rate won each round.</summary>
    /// <param name="output">Where it writes.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task Run(TextWriter output, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ParameterTree<float> network = Network(new Philox(1));
        Branch first = new(0.001, network, Optimizer.Init(network)), best = first;
        await output.WriteLineAsync("round   validation loss at half the rate, the rate and twice the rate      kept");
        for (int round = 1; round <= Rounds; round++)
        {
            Branch start = best;
            Branch[] branches = await Task.WhenAll(Factors.Select(factor =>
                Task.Run(() => Train(start with { Rate = start.Rate * factor }, StepsOfRound), cancellation)));
            double[] losses = [.. branches.Select(ValidationLoss)];
            best = branches[losses.IndexOf(losses.Min())];
            await output.WriteLineAsync(
                $"{round,5}   {string.Join(' ', losses.Select(loss => $"{loss,16:0.000000}"))}   {best.Rate,16:0.000}");
        }

        Branch plain = Train(first, Rounds * StepsOfRound);
        await output.WriteLineAsync(
            $"after {best.State.Step} steps: {ValidationLoss(best):0.000000}; "
            + $"with the first rate all along: {ValidationLoss(plain):0.000000}");
    }

    /// <summary>Some steps with the rate of a branch.</summary>
    private static Branch Train(Branch start, int steps)
    {
        Adam adam = Optimizer with { LearningRate = start.Rate };
        (ParameterTree<float> parameters, AdamState<float> state) = (start.Parameters, start.State);
        for (int step = 0; step < steps; step++)
        {
            (_, ParameterTree<float> gradients) = Differentiate.ValueAndGradient(Training, parameters);
            (parameters, state) = adam.Step(parameters, gradients, state);
        }

        return start with { Parameters = parameters, State = state };
    }

    private static double ValidationLoss(Branch branch) => Differentiate.Value(Validation, branch.Parameters);

    /// <summary>The mean squared error on points of y = sin 4x.</summary>
    private static LossFunction<float> LossOn(float shift)
    {
        float[] x = [.. Enumerable.Range(0, Points).Select(k => ((2 * (k + shift)) / Points) - 1)];
        float[] y = [.. x.Select(value => MathF.Sin(4 * value))];
        return at => ((at.Constant(new(Points, 1), x).MatMul(at["hidden.weight"]) + at["hidden.bias"]).Tanh()
            .MatMul(at["output.weight"]) + at["output.bias"]).MeanSquaredError(at.Constant(new(Points, 1), y));
    }

    private static ParameterTree<float> Network(Philox random)
    {
        return ParameterTree.Of(
            Leaf.Of("hidden.weight", [1, Width], Normal(Width, 0)), Leaf.Of("hidden.bias", [Width], Normal(Width, 1)),
            Leaf.Of("output.weight", [Width, 1], Normal(Width, 2)), Leaf.Of("output.bias", [1], new float[1]));

        float[] Normal(int count, ulong leaf) =>
            [.. Enumerable.Range(0, count).Select(index => (float)(0.5 * random.Normal((ulong)index, leaf)))];
    }

    private sealed record Branch(double Rate, ParameterTree<float> Parameters, AdamState<float> State);
}
