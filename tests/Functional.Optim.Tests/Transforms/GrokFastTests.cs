namespace Functional.Optim.Tests.Transforms;

public class GrokFastTests
{
    private static readonly ParameterTree<double> Zero = Tree(0);

    /// <summary>
    /// In code of kozistr the first average is the memory of the gradient, so that what is added to the gradient is in
    /// the average too.
    /// </summary>
    [Fact]
    public void The_first_average_is_the_gradient_and_does_not_share_its_memory_as_in_kozistrs_code()
    {
        Optimizer filter = GrokFast.Ema(0.5, 2);
        foreach (bool donate in (bool[])[false, true])
        {
            ParameterTree<double> parameters = Zero.Copy(), gradients = Tree(1);
            OptimizerState<double> state = filter.Init(parameters);
            (parameters, state) = donate
                ? filter.StepDonating(parameters, gradients, state) : filter.Step(parameters, gradients, state);
            Assert.Equal(-3, parameters.AsSpan("x")[0]);
            Assert.Equal(1, state["mean"].AsSpan("x")[0]);
            (parameters, state) = donate
                ? filter.StepDonating(parameters, Tree(5), state) : filter.Step(parameters, Tree(5), state);
            Assert.Equal(3, state["mean"].AsSpan("x")[0]);
            Assert.Equal(-3 - 5 - (2 * 3), parameters.AsSpan("x")[0]);
        }
    }

    [Theory]
    [InlineData(false, true, new[] { 1, 2, 4 + (10 * 7 / 3.0), 8 + (10 * 14 / 3.0), 16 + (10 * 28 / 3.0) })]
    [InlineData(true, true, new[] { 1, 2, 4 + (10 * 7.0), 8 + (10 * 14), 16 + (10 * 28) })]
    [InlineData(
        false, false, new[] { 11, 2 + (10 * 1.5), 4 + (10 * 7 / 3.0), 8 + (10 * 14 / 3.0), 16 + (10 * 28 / 3.0) })]
    [InlineData(true, false, new[] { 11, 2 + (10 * 3.0), 4 + (10 * 7), 8 + (10 * 14), 16 + (10 * 28) })]
    public void The_window_adds_the_mean_or_the_sum_of_the_last_gradients(bool sum, bool warmup, double[] expected)
    {
        Optimizer filter = GrokFast.Window(3, 10, sum, warmup);
        OptimizerState<double> state = filter.Init(Zero);
        for (int step = 0; step < expected.Length; step++)
        {
            (ParameterTree<double> deltas, state) = filter.Update(Zero, Tree(1 << step), state);
            Assert.Equal(-expected[step], deltas.AsSpan("x")[0], 1e-12);
            Assert.Equal(-expected[step] / 2, deltas.AsSpan("x")[1], 1e-12);
        }

        Assert.Equal([8, 4, 16, 8, 4, 2], state["window"].AsSpan("x").ToArray());
        Assert.Equal([3, 2], state["window"].Layout["x"].Shape.AsSpan().ToArray());
    }

    [Fact]
    public void A_window_counts_as_so_many_numbers_for_each_parameter()
    {
        Assert.Equal(4 * 7, GrokFast.Window(7).StateBytesPerParameter<float>());
        Assert.Equal(4 * 100, GrokFast.Window().Then(Sgd.Of(0.1)).StateBytesPerParameter<float>());
    }

    /// <summary>A window of any length works on leaves of any length, on several threads too.</summary>
    [Fact]
    public void Long_leaves_are_filtered_like_short_ones()
    {
        const int length = 20_000;
        Optimizer filter = GrokFast.Window(3, 1, warmup: false);
        ParameterTree<float> zero = ParameterTree.Of(Leaf.Of("x", [length], new float[length]));
        OptimizerState<float> state = filter.Init(zero);
        ParameterTree<float> deltas = zero;
        for (int step = 1; step <= 4; step++)
        {
            float[] gradient = [.. Enumerable.Range(0, length).Select(k => (float)(step * (k % 16)))];
            (deltas, state) = filter.Update(zero, ParameterTree.Of(Leaf.Of("x", [length], gradient)), state);
        }

        for (int k = 0; k < length; k++) Assert.Equal(-7 * (k % 16), deltas.AsSpan("x")[k], 1e-4);
    }

    private static ParameterTree<double> Tree(double x) =>
        ParameterTree.Of(Leaf.Of("x", [2], [x, x / 2]), Leaf.Of("nothing", [0], Array.Empty<double>()));
}
