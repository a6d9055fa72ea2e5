using FsCheck.Xunit;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training;

public class TokenBatchesTests
{
    private static readonly int[] Text = [.. Enumerable.Range(100, 20)];

    [Property]
    public void A_batch_depends_on_the_seed_and_the_step_only_and_targets_are_the_inputs_one_later(ulong seed, int step)
    {
        long at = Math.Abs((long)step) + 1;
        TokenBatches batches = TokenBatches.Random(Text, batchSize: 8, context: 5, seed);
        int[] first = batches.At(at).Inputs.ToArray();
        int[] other = batches.At(at + 1).Inputs.ToArray();
        TokenBatch again = TokenBatches.Random(Text, 8, 5, seed).At(at);
        Assert.Equal(first, again.Inputs.ToArray());
        Assert.NotEqual(first, other);
        Assert.Equal(first.Select(token => token + 1), again.Targets.ToArray());
        Assert.All(first.Chunk(5), row => Assert.Equal(Enumerable.Range(row[0], 5), row));
        Assert.Equal((8, 5), (again.Rows, again.Context));
    }

    [Fact]
    public void Every_window_of_the_text_is_drawn_and_none_beyond()
    {
        TokenBatches batches = TokenBatches.Random(Text, batchSize: 4, context: 5, seed: 1);
        HashSet<int> starts = [];
        for (int step = 1; step <= 100; step++)
        {
            for (int row = 0; row < 4; row++) starts.Add(batches.At(step).Inputs.Span[row * 5]);
        }

        Assert.Equal(Enumerable.Range(100, 15), starts.Order());
        Assert.Equal([100, 101, 102], TokenBatches.Random(Text.AsMemory(0, 4), 1, 3, seed: 2).At(9).Inputs.ToArray());
    }

    [Fact]
    public void Sequential_windows_spread_from_the_first_token_to_the_last_and_repeat()
    {
        TokenBatches batches = TokenBatches.Sequential(Text, batchSize: 2, context: 5, batches: 4);
        int[] Starts(int batch) => [batches.At(batch).Inputs.Span[0], batches.At(batch).Inputs.Span[5]];
        Assert.Equal([100, 102, 104, 106, 108, 110, 112, 114], Enumerable.Range(1, 4).SelectMany(Starts));
        Assert.Equal(119, batches.At(4).Targets.Span[^1]);
        Assert.Equal(Starts(1), Starts(5));
        Assert.Equal(100, TokenBatches.Sequential(Text, 1, 5, 1).At(1).Inputs.Span[0]);
    }

    /// <summary>The number of a window times a position in the text needs more than 64 bits.</summary>
    [Fact]
    public void The_maximum_number_of_windows_stays_in_the_text_and_in_order()
    {
        int[] text = [.. Enumerable.Range(0, 1_000_000)];
        TokenBatches batches = TokenBatches.Sequential(text, 1000, 8, int.MaxValue);
        int before = 0;
        foreach (long step in (long[])[1, 90_000_000, 100_000_000, 1_000_000_000, int.MaxValue])
        {
            int start = batches.At(step).Inputs.Span[^8];
            Assert.InRange(start, before, text.Length - 9);
            before = start;
        }

        Assert.Equal(text.Length - 9, before);
        Assert.Equal(batches.At(1).Inputs.ToArray(), batches.At(1L + int.MaxValue).Inputs.ToArray());
        Assert.InRange(batches.At(long.MaxValue).Inputs.Span[0], 0, text.Length - 9);
        Assert.InRange(
            TokenBatches.Random(text, 1000, 8, seed: 1).At(long.MaxValue).Inputs.Span[0], 0, text.Length - 9);
    }

    [Fact]
    public void A_text_that_is_too_short_and_sizes_below_one_are_rejected()
    {
        string message = Assert.ThrowsAny<ArgumentException>(() => TokenBatches.Random(Text, 1, 20, seed: 1)).Message;
        Assert.Equal("TokenBatches: the number of tokens is 20; allowed is context + 1 = 21 or more.", message);
        Assert.ThrowsAny<ArgumentException>(() => TokenBatches.Random(Text, 0, 5, seed: 1));
        Assert.ThrowsAny<ArgumentException>(() => TokenBatches.Random(Text, 1, 0, seed: 1));
        Assert.ThrowsAny<ArgumentException>(() => TokenBatches.Sequential(Text, 1, 5, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenBatches.Random(Text, 1, 5, seed: 1).At(0));
    }
}
