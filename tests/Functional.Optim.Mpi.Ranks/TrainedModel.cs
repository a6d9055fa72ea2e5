using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Functional.Optim;
using Functional.Optim.Training;

/// <summary>A model whose gradients are the distances from targets, which each micro-batch has; trained on the ranks.</summary>
internal static class TrainedModel
{
    private const int MicroBatches = 8, Steps = 5;

    /// <summary>
    /// The losses and a digest of the parameters, which are those of any number of ranks; then what a step has sent, and
    /// the share of the state.
    /// </summary>
    internal static (string Result, double SentInStep, double Bound, double StateShare) Train(
        IRanks ranks, Func<long> bytesSent, string optimizer)
    {
        Optimizer made = Catalogue.Optimizers.Build(optimizer).Match(
            Succ: built => built, Fail: errors => throw new ArgumentException(errors[0].Message));
        ParameterTree<float> start = ParameterTree.Of(
            Leaf.Of("embedding", [1500, 1000], Wave(1_500_000, 0)), Leaf.Of("matrix", [128, 512], Wave(65_536, 1)),
            Leaf.Of("bias", [77], Wave(77, 2)), Leaf.Of("output", [1000, 100], Wave(100_000, 3)));
        TreeShard shard = TreeShard.Of(made, start.Layout, ranks);
        DataParallel<float, int> parallel = DataParallel.Of(
            shard, new TrainModel<float, int>(Gradient), static (step, index) => (int)(step * MicroBatches) + index,
            MicroBatches);
        TrainState<float> state = TrainState.Init(made, shard.Cut(start));
        double[] losses = new double[Steps];
        long before = 0;
        for (int step = 1; step <= Steps; step++)
        {
            before = bytesSent();
            (state, StepOutcome outcome) = TrainStep.RunDonating(made, parallel.Model.Gradient, state, step);
            losses[step - 1] = outcome.Loss;
        }

        double sent = bytesSent() - before,
            bound = 2.0 * (ranks.Count - 1) / ranks.Count * sizeof(float) * start.Layout.TotalLength;
        ReadOnlySpan<float> trained = shard.Gather(state.Parameters).AsSpan();
        string digest = Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(trained)));
        return (
            $"{string.Join(' ', losses.Select(loss => loss.ToString("R", CultureInfo.InvariantCulture)))} {digest}",
            sent, bound, state.Optimizer[0].AsSpan().Length / (double)start.Layout.TotalLength);
    }

    private static (double Loss, ParameterTree<float> Gradients) Gradient(
        ParameterTree<float> parameters, int batch, long step)
    {
        TreeBuffer<float> gradients = parameters.Layout.Rent<float>();
        double loss = 0;
        foreach (Leaf leaf in parameters.Layout.Leaves)
        {
            ReadOnlySpan<float> theta = parameters.AsSpan(leaf);
            Span<float> slope = gradients.AsSpan(leaf);
            for (int index = 0; index < theta.Length; index++)
            {
                slope[index] = theta[index] - (0.001f * ((index + (37 * batch)) & 1023));
                loss += 0.5 * slope[index] * slope[index];
            }
        }

        return (loss, gradients.ToTree());
    }

    private static float[] Wave(int count, int phase)
    {
        float[] wave = new float[count];
        for (int index = 0; index < count; index++) wave[index] = MathF.Sin(index + phase);
        return wave;
    }
}
