using System.Numerics;
using Functional.Optim.Autodiff;

namespace Functional.Optim.Tests.Autodiff;

/// <summary>
/// A small language model of one block with a tied output: every operation of a real one, in the same order.
/// </summary>
internal sealed record SmallGpt(int Vocabulary, int Positions, int Width, int Heads)
{
    internal int[][] Shapes =>
    [
        [Vocabulary, Width], [Positions, Width], [Width], [Width, 3 * Width], [3 * Width], [Width, Width], [Width],
        [Width, 4 * Width], [4 * Width],
        [4 * Width, Width], [Width],
    ];

    /// <summary>The cross-entropy of predicting each next token.</summary>
    /// <param name="leaf">The parameters, in the order of <see cref="Shapes"/>.</param>
    /// <param name="tokens">Any number of sequences; each has one more token than there are positions.</param>
    /// <param name="inputs">Memory for the input tokens.</param>
    /// <param name="targets">Memory for the target tokens.</param>
    internal Variable<T> Loss<T>(Func<int, Variable<T>> leaf, ReadOnlySpan<int> tokens, int[] inputs, int[] targets)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int batch = tokens.Length / (Positions + 1);
        for (int at = 0; at < batch * Positions; at++)
            (inputs[at], targets[at]) = (tokens[at + (at / Positions)], tokens[at + (at / Positions) + 1]);
        Variable<T> x = leaf(0).Embed(inputs).Reshape(new Shape(batch, Positions, Width)) + leaf(1);
        x = x.Dropout(0.1, key: 3);
        x += (x.LayerNorm(leaf(2)).MatMul(leaf(3)) + leaf(4)).CausalAttention(Heads).MatMul(leaf(5));
        x += (x.LayerNorm(leaf(6)).MatMul(leaf(7)) + leaf(8)).Gelu().MatMul(leaf(9));
        return x.LayerNorm(leaf(10)).MatMulTransposed(leaf(0)).CrossEntropy(targets);
    }
}
