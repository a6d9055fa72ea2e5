using Functional.Optim.Training;
using LanguageModel;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;
using TorchAdamWGroup = TorchSharp.Modules.AdamW.ParamGroup;

namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>The model of <see cref="GptModel"/> without biases, with torch: gradient, clip and AdamW.</summary>
internal sealed class TorchGpt : IDisposable
{
    private readonly Preset preset;
    private readonly Dictionary<string, Parameter> leaves;
    private readonly Embedding tokens;
    private readonly Tensor positions;
    private readonly Parameter lastNorm;
    private readonly Block[] blocks;
    private readonly optim.Optimizer optimizer;

    /// <summary>Starts a training with a copy of the parameters.</summary>
    /// <param name="preset">The sizes and settings.</param>
    /// <param name="start">The parameters.</param>
    /// <param name="threads">The number of threads of torch.</param>
    /// <exception cref="NotSupportedException">The native library cannot be loaded.</exception>
    internal TorchGpt(Preset preset, ParameterTree<float> start, int threads)
    {
        Torch.Load();
        set_num_threads(threads);
        this.preset = preset;
        leaves = start.Layout.Leaves.ToDictionary(
            static leaf => leaf.Name,
            leaf => new Parameter(tensor(
                start.AsSpan(leaf.Name).ToArray(), [.. leaf.Shape.Select(static length => (long)length)])));
        Parameter embedding = leaves["tokens"];
        tokens = nn.Embedding(embedding.shape[0], embedding.shape[1]);
        tokens.weight = embedding;
        (positions, lastNorm) = (leaves["positions"], leaves["norm.weight"]);
        blocks = [.. Enumerable.Range(0, preset.Layers).Select(index => Block.Of(leaves, index))];
        optimizer = optim.AdamW(
            [
                new TorchAdamWGroup(
                    leaves.Values.Where(static leaf => leaf.dim() >= 2), lr: preset.LearningRate, beta2: preset.Beta2,
                    weight_decay: Preset.DecoupledDecay),
                new TorchAdamWGroup(
                    leaves.Values.Where(static leaf => leaf.dim() < 2), lr: preset.LearningRate, beta2: preset.Beta2,
                    weight_decay: 0),
            ],
            preset.LearningRate, beta2: preset.Beta2, eps: 1e-8);
    }

    public void Dispose()
    {
        optimizer.Dispose();
        tokens.Dispose();
        foreach (Parameter leaf in leaves.Values) leaf.Dispose();
    }

    /// <summary>Makes a step.</summary>
    /// <param name="batch">The tokens.</param>
    /// <returns>The loss before it.</returns>
    internal double Step(TokenBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Parameter leaf in leaves.Values) leaf.grad = null;
        Tensor loss = Loss(batch);
        loss.backward();
        nn.utils.clip_grad_norm_(leaves.Values, preset.Clip);
        optimizer.step();
        return loss.item<float>();
    }

    /// <summary>Copies a parameter.</summary>
    /// <param name="name">Its name.</param>
    internal float[] Values(string name)
    {
        using Tensor values = leaves[name].detach();
        return values.data<float>().ToArray();
    }

    private Tensor Loss(TokenBatch batch)
    {
        int rows = batch.Rows, context = batch.Inputs.Length / rows, width = preset.Width;
        Tensor x = tokens.call(TokensOf(batch.Inputs).view(rows, context)) + positions;
        foreach (Block block in blocks)
        {
            x = x + Attention(Normalized(x, block.FirstNorm).matmul(block.Attention)).matmul(block.Projection);
            x = x + gelu(Normalized(x, block.SecondNorm).matmul(block.Expand), GELU.Approximate.tanh)
                .matmul(block.Contract);
        }

        Tensor logits = Normalized(x, lastNorm).view(-1, width).matmul(leaves["tokens"].t());
        return cross_entropy(logits, TokensOf(batch.Targets));
    }

    private Tensor Attention(Tensor queryKeyValue)
    {
        long rows = queryKeyValue.shape[0], context = queryKeyValue.shape[1];
        Tensor[] parts =
        [
            .. queryKeyValue.split(preset.Width, -1)
                .Select(part => part.view(rows, context, preset.Heads, -1).transpose(1, 2)),
        ];
        return scaled_dot_product_attention(parts[0], parts[1], parts[2], is_casual: true)
            .transpose(1, 2).reshape(rows, context, -1);
    }

    private Tensor Normalized(Tensor x, Parameter weight) => layer_norm(x, [preset.Width], weight);

    private static Tensor TokensOf(ReadOnlyMemory<int> tokens) =>
        tensor([.. tokens.ToArray().Select(static token => (long)token)]);

    /// <summary>The parameters of a block.</summary>
    private sealed record Block(
        Parameter FirstNorm, Parameter Attention, Parameter Projection, Parameter SecondNorm, Parameter Expand,
        Parameter Contract)
    {
        internal static Block Of(Dictionary<string, Parameter> leaves, int index)
        {
            return new(At("norm1"), At("attention"), At("projection"), At("norm2"), At("expand"), At("contract"));

            Parameter At(string part) => leaves[$"block{index}.{part}.weight"];
        }
    }
}
