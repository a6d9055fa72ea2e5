using Functional.Optim;
using Functional.Optim.Autodiff;
using Functional.Optim.Kernels;
using Functional.Optim.Training;
using LanguageModel;

namespace Experiments;

/// <summary>
/// The language model of the source text. It averages the vectors of the tokens in a window, passes the mean
/// through a layer four times as wide and back, and predicts the token that follows the window. A pure
/// function of its parameters.
/// </summary>
/// <remarks>
/// The start is that of torch's layers: the embedding is normal with deviation 1; weights and biases of a linear layer
/// are uniform over ±1/√inputs.
/// </remarks>
public sealed class PooledModel
{
    private const string Embedding = "embedding.weight";
    private const int Expansion = 4;
    private const double Dropout = 0.1;

    private readonly int width;
    private readonly ulong seed;

    /// <summary>Makes a model.</summary>
    /// <param name="vocabulary">The number of tokens.</param>
    /// <param name="width">The length of the vector of a token.</param>
    /// <param name="seed">The seed of its start and its dropout.</param>
    public PooledModel(int vocabulary, int width, ulong seed)
    {
        (this.width, this.seed) = (width, seed);
        Layout = TreeLayout.Of(
            (Embedding, [vocabulary, width]),
            ("expand.weight", [width, Expansion * width]), ("expand.bias", [Expansion * width]),
            ("contract.weight", [Expansion * width, width]), ("contract.bias", [width]),
            ("output.weight", [width, vocabulary]), ("output.bias", [vocabulary]));
    }

    /// <summary>The names and shapes of the parameters.</summary>
    public TreeLayout Layout { get; }

    /// <summary>The parameters at the start.</summary>
    public ParameterTree<float> Init()
    {
        TreeBuffer<float> buffer = Layout.Rent<float>();
        Philox random = new(seed);
        int inputs = 0;
        foreach (Leaf leaf in Layout.Leaves)
        {
            // A bias follows the weight of its layer, and its range is that of the weight.
            if (leaf.Rank == 2) inputs = leaf.Shape[0];
            Span<float> values = buffer.AsSpan(leaf);
            for (int index = 0; index < values.Length; index++)
            {
                ulong counter = (ulong)leaf.Offset + (ulong)index;
                values[index] = (float)(leaf.Name == Embedding
                    ? random.Normal(counter, RandomStreams.Start)
                    : ((2 * random.Uniform(counter, RandomStreams.Start)) - 1) / Math.Sqrt(inputs));
            }
        }

        return buffer.ToTree();
    }

    /// <summary>
    /// The mean cross-entropy of a batch and its gradients; the dropout is a function of the seed and the step.
    /// </summary>
    public (double Loss, ParameterTree<float> Gradients) Gradient(
        ParameterTree<float> parameters, TokenBatch batch, long step) =>
        Differentiate.ValueAndGradient(Loss(batch, Dropout, step), parameters);

    /// <summary>The mean cross-entropy of a batch without dropout.</summary>
    public double Loss(ParameterTree<float> parameters, TokenBatch batch) =>
        Differentiate.Value(Loss(batch, dropout: 0, step: 0), parameters);

    private LossFunction<float> Loss(TokenBatch batch, double dropout, long step) => parameters =>
    {
        Variable<float> pooled = parameters[Embedding]
            .Embed(batch.Inputs).Reshape(new(batch.Rows, batch.Context, width)).MeanPool();
        Variable<float> expanded = Linear(pooled, "expand").Relu().Dropout(dropout, key: seed + (ulong)step);
        return Linear(Linear(expanded, "contract"), "output").CrossEntropy(Following(batch));

        Variable<float> Linear(Variable<float> input, string layer) =>
            input.MatMul(parameters[$"{layer}.weight"]) + parameters[$"{layer}.bias"];
    };

    /// <summary>The token after each window: its last target.</summary>
    private static int[] Following(TokenBatch batch)
    {
        int[] following = new int[batch.Rows];
        for (int row = 0; row < following.Length; row++) following[row] =
            batch.Targets.Span[((row + 1) * batch.Context) - 1];
        return following;
    }
}
