using Functional.Optim.Autodiff;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Training.Diagnoses;

/// <summary>
/// A network of layers x ← relu(x·w + b), the last one without relu, that learns y = sin 2x₁ + x₂/2 from points, with
/// noise in y.
/// </summary>
internal sealed class Regression
{
    private const int Inputs = 2;

    private readonly int depth;
    private readonly float[][] inputs;
    private readonly float[] outputs;

    /// <param name="points">The number of points to train on; as many are held out.</param>
    /// <param name="width">The units of a hidden layer.</param>
    /// <param name="depth">The number of layers; 1 for a linear model.</param>
    /// <param name="noise">The deviation of the noise in y.</param>
    /// <param name="scale">
    /// What the initial weights are multiplied by; with 1 layers keep the size of their input.
    /// </param>
    /// <param name="bias">The initial biases of the hidden layers.</param>
    internal Regression(
        int points = 64, int width = 16, int depth = 2, double noise = 0, double scale = 1, float bias = 0)
    {
        this.depth = depth;
        Philox random = new(5);
        ulong drawn = 0;
        float Normal() => (float)(Math.Sqrt(-2 * Math.Log(1 - random.Uniform(drawn++)))
            * Math.Cos(2 * Math.PI * random.Uniform(drawn++)));
        inputs = [.. Enumerable.Range(0, 2 * points).Select(_ => (float[])[Normal(), Normal()])];
        outputs =
        [
            .. inputs.Select(point => MathF.Sin(2 * point[0]) + (point[1] / 2) + (float)(noise * Normal())),
        ];
        Training = [.. Enumerable.Range(0, points)];
        Held = [.. Enumerable.Range(points, points)];
        Start = ParameterTree.Of(
        [
            .. Enumerable.Range(0, depth).SelectMany(layer =>
            {
                int from = layer == 0 ? Inputs : width, to = layer == depth - 1 ? 1 : width;
                float deviation = (float)(scale * Math.Sqrt(2.0 / from));
                float[] weights = [.. Enumerable.Range(0, from * to).Select(_ => deviation * Normal())];
                float[] biases = [.. Enumerable.Repeat(layer == depth - 1 ? 0.1f : bias, to)];
                return (LeafData<float>[])
                    [Leaf.Of($"w{layer}", [from, to], weights), Leaf.Of($"b{layer}", [to], biases)];
            }),
        ]);
    }

    internal ParameterTree<float> Start { get; }

    internal int[] Training { get; }

    internal int[] Held { get; }

    /// <summary>Multiplies the loss at some steps, for batches that are unlike the others.</summary>
    internal Func<long, float> Factor { get; init; } = _ => 1;

    internal (double Loss, ParameterTree<float> Gradients) Gradient(
        ParameterTree<float> at, int[] points, long step) =>
        Differentiate.ValueAndGradient(LossOf(points, Factor(step)), at);

    internal LossFunction<float> LossOf(int[] points, float factor = 1) => leaves =>
    {
        float[] x = [.. points.SelectMany(point => inputs[point])], y = [.. points.Select(point => outputs[point])];
        Variable<float> hidden = leaves.Constant(new(points.Length, Inputs), x);
        for (int layer = 0; layer < depth; layer++)
        {
            hidden = Operations.MatMul(hidden, leaves[$"w{layer}"]) + leaves[$"b{layer}"];
            if (layer < depth - 1) hidden = Operations.Relu(hidden);
        }

        return factor * Operations.MeanSquaredError(hidden, leaves.Constant(new(points.Length, 1), y));
    };
}
