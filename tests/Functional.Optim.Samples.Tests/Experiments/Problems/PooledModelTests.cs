using Experiments;
using Functional.Optim.Training;

namespace Functional.Optim.Samples.Tests.Experiments.Problems;

public sealed class PooledModelTests
{
    private static readonly PooledModel Model = new(vocabulary: 11, width: 16, seed: 3);

    [Fact]
    public void It_has_the_source_texts_layers()
    {
        Assert.Equal((11 * 16) + (16 * 64) + 64 + (64 * 16) + 16 + (16 * 11) + 11, Model.Layout.ParameterCount);
        Assert.InRange(Model.Init().AsSpan("contract.bias").ToArray().Max(Math.Abs), 0.06, 1 / Math.Sqrt(64));
    }

    [Fact]
    public void It_guesses_the_token_after_the_window_whatever_the_order_within()
    {
        ParameterTree<float> at = Model.Init();
        double loss = Model.Loss(at, Batch([1, 2, 3, 4], next: 5));
        Assert.Equal(loss, Model.Loss(at, Batch([4, 2, 1, 3], next: 5)), 1e-6);
        Assert.NotEqual(loss, Model.Loss(at, Batch([1, 2, 3, 4], next: 6)), 1e-3);
        Assert.NotEqual(loss, Model.Loss(at, Batch([1, 2, 3, 3], next: 5)), 1e-3);
    }

    [Fact]
    public void Its_dropout_is_a_function_of_the_step()
    {
        ParameterTree<float> at = Model.Init();
        TokenBatch batch = Batch([1, 2, 3, 4], next: 5);
        Assert.Equal(Model.Gradient(at, batch, 7).Loss, Model.Gradient(at, batch, 7).Loss);
        Assert.NotEqual(Model.Gradient(at, batch, 7).Loss, Model.Gradient(at, batch, 8).Loss);
    }

    private static TokenBatch Batch(int[] window, int next) =>
        new(window, (int[])[.. window[1..], next], Rows: 1, window.Length);
}
