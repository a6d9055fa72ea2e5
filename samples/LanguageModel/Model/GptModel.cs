using System.Collections.Immutable;
using Functional.Optim;
using Functional.Optim.Autodiff;
using Functional.Optim.Kernels;
using Functional.Optim.Training;

namespace LanguageModel;

/// <summary>
/// A GPT-2 (Radford et al., 2019): token and position embeddings, pre-norm blocks of causal attention and a GELU MLP
/// four times as wide, a last norm, and the token embedding again as the output. A pure function of its parameters.
/// </summary>
/// <remarks>
/// Dropout acts on the embeddings and on the outputs of each block; GPT-2 also drops attention weights.
/// </remarks>
public sealed class GptModel
{
    private const double InitialDeviation = 0.02;
    private const string Tokens = "tokens", Positions = "positions", Norm = "norm.weight", NormBias = "norm.bias";

    private readonly Preset preset;
    private readonly ImmutableArray<BlockNames> blocks;
    private readonly int[] positions;
    private readonly ulong seed;

    /// <summary>Makes a model with the sizes of a preset.</summary>
    /// <param name="preset">The sizes.</param>
    /// <param name="vocabulary">The number of tokens.</param>
    /// <param name="seed">The seed of its start and its dropout.</param>
    /// <exception cref="ArgumentException">The model has more parameters than a tree can hold.</exception>
    public GptModel(Preset preset, int vocabulary, ulong seed)
    {
        this.preset = preset;
        this.seed = seed;
        Vocabulary = vocabulary;
        blocks = [.. Enumerable.Range(0, preset.Layers).Select(block => new BlockNames(block))];
        positions = [.. Enumerable.Range(0, preset.Context)];
        int width = preset.Width;
        List<(string Name, int[] Shape)> leaves = [(Tokens, [vocabulary, width]), (Positions, [preset.Context, width])];
        foreach (BlockNames block in blocks)
        {
            AddWithBias(block.FirstNorm, block.FirstNormBias, width);
            AddWithBias(block.Attention, block.AttentionBias, width, 3 * width);
            AddWithBias(block.Projection, block.ProjectionBias, width, width);
            AddWithBias(block.SecondNorm, block.SecondNormBias, width);
            AddWithBias(block.Expand, block.ExpandBias, width, 4 * width);
            AddWithBias(block.Contract, block.ContractBias, 4 * width, width);
        }

        AddWithBias(Norm, NormBias, width);
        Layout = TreeLayout.Of([.. leaves]);

        void AddWithBias(string weight, string bias, params int[] shape)
        {
            leaves.Add((weight, shape));
            if (preset.Biases) leaves.Add((bias, [shape[^1]]));
        }
    }

    /// <summary>The maximum number of tokens that the model sees.</summary>
    public int Context => preset.Context;

    /// <summary>The number of tokens in the vocabulary.</summary>
    public int Vocabulary { get; }

    /// <summary>The names and shapes of the parameters.</summary>
    public TreeLayout Layout { get; }

    /// <summary>
    /// The parameters at the start: normal with deviation 0.02, divided by √(2·layers) where a block adds to the
    /// residual; norms one, biases zero.
    /// </summary>
    public ParameterTree<float> Init()
    {
        TreeBuffer<float> buffer = Layout.Rent<float>();
        Philox random = new(seed);
        foreach (Leaf leaf in Layout.Leaves)
        {
            Span<float> values = buffer.AsSpan(leaf);
            bool addsToResidual = blocks.Any(block => leaf.Name == block.Projection || leaf.Name == block.Contract);
            double deviation = addsToResidual ? InitialDeviation / Math.Sqrt(2.0 * preset.Layers) : InitialDeviation;
            if (leaf.Rank == 2)
            {
                for (int index = 0; index < values.Length; index++)
                    values[index] =
                        (float)(deviation * random.Normal((ulong)leaf.Offset + (ulong)index, RandomStreams.Start));
            }
            else if (!leaf.Name.EndsWith(".bias", StringComparison.Ordinal))
            {
                values.Fill(1);
            }
        }

        return buffer.ToTree();
    }

    /// <summary>
    /// The mean cross-entropy of a batch and its gradients; the dropout is a function of the seed and the step.
    /// </summary>
    public (double Loss, ParameterTree<float> Gradients) Gradient(
        ParameterTree<float> parameters, TokenBatch batch, long step) =>
        Differentiate.ValueAndGradient(Loss(batch, preset.Dropout, step), parameters);

    /// <summary>The mean cross-entropy of a batch without dropout.</summary>
    public double Loss(ParameterTree<float> parameters, TokenBatch batch) =>
        Differentiate.Value(Loss(batch, dropout: 0, step: 0), parameters);

    /// <summary>Computes the logits of the token after each token of a sequence.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="sequence">The tokens; at most the context.</param>
    /// <param name="logits">Receives the logits; its length is tokens × vocabulary.</param>
    public void Logits(ParameterTree<float> parameters, ReadOnlyMemory<int> sequence, Span<float> logits) =>
        Differentiate.Value(of => Logits(of, sequence, rows: 1, dropout: 0, step: 0), parameters, logits);

    /// <summary>
    /// Computes the logits of the token after a sequence: the last row of <see cref="Logits(ParameterTree{float},
    /// ReadOnlyMemory{int}, Span{float})"/>, without the memory and the time of the others.
    /// </summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="sequence">The tokens; from 1 to the context.</param>
    /// <param name="logits">Receives the logits; its length is the vocabulary.</param>
    public void NextLogits(ParameterTree<float> parameters, ReadOnlyMemory<int> sequence, Span<float> logits)
    {
        int[] last = [sequence.Length - 1];
        Differentiate.Value(
            of => States(of, sequence, rows: 1, dropout: 0, step: 0)
                .Reshape(new(sequence.Length, preset.Width)).Embed(last).MatMulTransposed(of[Tokens]),
            parameters, logits);
    }

    private LossFunction<float> Loss(TokenBatch batch, double dropout, long step) =>
        parameters => Logits(parameters, batch.Inputs, batch.Rows, dropout, step).CrossEntropy(batch.Targets);

    private Variable<float> Logits(
        Variables<float> parameters, ReadOnlyMemory<int> inputs, int rows, double dropout, long step) =>
        States(parameters, inputs, rows, dropout, step).MatMulTransposed(parameters[Tokens]);

    /// <summary>The vector that the model makes for each token of the inputs.</summary>
    private Variable<float> States(
        Variables<float> parameters, ReadOnlyMemory<int> inputs, int rows, double dropout, long step)
    {
        int context = inputs.Length / rows;
        ulong place = 0;
        Variable<float> x = parameters[Tokens].Embed(inputs).Reshape(new(rows, context, preset.Width))
            + parameters[Positions].Embed(positions.AsMemory(0, context));
        x = Drop(x);
        foreach (BlockNames block in blocks)
        {
            Variable<float> attention =
                Linear(Normalized(x, block.FirstNorm, block.FirstNormBias), block.Attention, block.AttentionBias)
                .CausalAttention(preset.Heads);
            x += Drop(Linear(attention, block.Projection, block.ProjectionBias));
            Variable<float> expanded =
                Linear(Normalized(x, block.SecondNorm, block.SecondNormBias), block.Expand, block.ExpandBias).Gelu();
            x += Drop(Linear(expanded, block.Contract, block.ContractBias));
        }

        return Normalized(x, Norm, NormBias);

        Variable<float> Linear(Variable<float> input, string weight, string bias) =>
            WithBias(input.MatMul(parameters[weight]), bias);

        Variable<float> Normalized(Variable<float> input, string weight, string bias) =>
            WithBias(input.LayerNorm(parameters[weight]), bias);

        Variable<float> WithBias(Variable<float> value, string bias) =>
            preset.Biases ? value + parameters[bias] : value;

        Variable<float> Drop(Variable<float> value) => value.Dropout(dropout, KeyOf(step, place++));
    }

    /// <summary>The key of the random bits of the dropout at one place in the model and one step.</summary>
    private ulong KeyOf(long step, ulong place)
    {
        (uint first, uint second, _, _) = new Philox(seed).Words((ulong)step, RandomStreams.Dropout + place);
        return ((ulong)first << 32) | second;
    }
}
