using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>The AdamW of TorchSharp over parameters of its own.</summary>
internal sealed class TorchAdamW : IDisposable
{
    /// <summary>
    /// As in a layer of 2048 × 2048. What torch allocates in a step for one leaf of all would be too much for its
    /// allocator to keep, and many times slower.
    /// </summary>
    private const int LeafLength = 2048 * 2048;

    private readonly Parameter[] leaves;
    private readonly optim.Optimizer optimizer;

    /// <summary>Allocates parameters and gradients.</summary>
    /// <param name="parameters">Their number.</param>
    /// <param name="threads">The number of threads of torch.</param>
    /// <exception cref="NotSupportedException">The native library cannot be loaded.</exception>
    internal TorchAdamW(int parameters, int threads)
    {
        Torch.Load();
        set_num_threads(threads);
        leaves =
        [
            .. Enumerable.Repeat(LeafLength, parameters / LeafLength).Append(parameters % LeafLength)
                .Where(length => length > 0)
                .Select(length => new Parameter(zeros(length)) { grad = arange(length, dtype: float32).sin_() }),
        ];
        optimizer = optim.AdamW(
            leaves, AdamWNumbers.Rate, AdamWNumbers.Beta1, AdamWNumbers.Beta2, AdamWNumbers.Epsilon,
            AdamWNumbers.Decay);
    }

    public void Dispose()
    {
        optimizer.Dispose();
        foreach (Parameter leaf in leaves) leaf.Dispose();
    }

    internal void Step() => optimizer.step();
}
