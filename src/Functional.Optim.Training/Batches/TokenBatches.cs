using Functional.Optim.Kernels;

namespace Functional.Optim.Training;

/// <summary>
/// Batches of windows over a token sequence. <see cref="At"/> is a <see cref="BatchSource{TBatch}"/>. It reuses its
/// buffers: a batch is valid until the next call. Not thread-safe.
/// </summary>
public sealed class TokenBatches
{
    private readonly ReadOnlyMemory<int> tokens;
    private readonly int rows;
    private readonly int context;
    private readonly Func<long, int, long> startOf;
    private readonly int[] inputs;
    private readonly int[] targets;

    private TokenBatches(ReadOnlyMemory<int> tokens, int rows, int context, Func<long, int, long> startOf)
    {
        (this.tokens, this.rows, this.context, this.startOf) = (tokens, rows, context, startOf);
        inputs = new int[rows * context];
        targets = new int[rows * context];
    }

    /// <summary>Windows with uniformly random starts: a pure function of the seed and the step.</summary>
    /// <param name="tokens">The token sequence; at least <paramref name="context"/> + 1 tokens.</param>
    /// <param name="batchSize">The number of windows in a batch, from 1.</param>
    /// <param name="context">The number of tokens in a window, from 1.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="ArgumentException">
    /// A size is below 1 or the sequence is too short; every error is listed.
    /// </exception>
    public static TokenBatches Random(ReadOnlyMemory<int> tokens, int batchSize, int context, ulong seed)
    {
        Philox random = new(seed);
        return Checked(tokens, batchSize, context, batches: 1, StartOf);

        long StartOf(long batch, int row) =>
            random.Below((ulong)((batch * batchSize) + row), tokens.Length - context);
    }

    /// <summary>
    /// The same batches each time, for evaluation. The first window is at the start of the sequence, the last one at
    /// its end, the others at equal distances between. After the last batch the first one follows again.
    /// </summary>
    /// <param name="tokens">The token sequence; at least <paramref name="context"/> + 1 tokens.</param>
    /// <param name="batchSize">The number of windows in a batch, from 1.</param>
    /// <param name="context">The number of tokens in a window, from 1.</param>
    /// <param name="batches">The number of batches, from 1.</param>
    /// <exception cref="ArgumentException">
    /// A size is below 1 or the sequence is too short; every error is listed.
    /// </exception>
    public static TokenBatches Sequential(ReadOnlyMemory<int> tokens, int batchSize, int context, int batches)
    {
        long windows = (long)batchSize * batches;
        // The product of a window's number and a position in the sequence can exceed 64 bits.
        Int128 last = tokens.Length - context - 1;
        return Checked(
            tokens, batchSize, context, batches,
            (batch, row) => (long)(((batch % batches * batchSize) + row) * last / Math.Max(windows - 1, 1)));
    }

    /// <summary>The batch of a step; valid until the next call.</summary>
    /// <param name="step">The number of the step, from 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    public TokenBatch At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        ReadOnlySpan<int> text = tokens.Span;
        for (int row = 0; row < rows; row++)
        {
            int start = (int)startOf(step - 1, row);
            text.Slice(start, context).CopyTo(inputs.AsSpan(row * context));
            text.Slice(start + 1, context).CopyTo(targets.AsSpan(row * context));
        }

        return new TokenBatch(inputs, targets, rows, context);
    }

    private static TokenBatches Checked(
        ReadOnlyMemory<int> tokens, int batchSize, int context, int batches, Func<long, int, long> startOf) =>
        new ValidationErrors()
            .Require(batchSize >= 1, nameof(batchSize), batchSize, "1 or more")
            .Require(context >= 1, nameof(context), context, "1 or more")
            .Require(batches >= 1, nameof(batches), batches, "1 or more")
            .Require(
                (long)batchSize * context <= Array.MaxLength,
                "batchSize × context",
                $"{batchSize} × {context}",
                "an array's length")
            .Require(
                tokens.Length > context, "the number of tokens", tokens.Length, $"context + 1 = {context + 1L} or more")
            .Make(() => new TokenBatches(tokens, batchSize, context, startOf))
            .OrThrow(nameof(TokenBatches));
}
