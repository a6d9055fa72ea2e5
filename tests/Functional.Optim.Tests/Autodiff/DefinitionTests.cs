using Functional.Optim.Autodiff;

namespace Functional.Optim.Tests.Autodiff;

/// <summary>The values of the operations against their formulas, written one element at a time.</summary>
public class DefinitionTests
{
    private const double Tolerance = 1e-13;

    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(5, 1, 4)]
    [InlineData(65, 3, 2)]
    [InlineData(131, 2, 1)]
    public void Attention_is_the_softmax_of_the_visible_scores_times_the_values(
        int positions, int heads, int headWidth)
    {
        int width = heads * headWidth;
        double[] x = Numbers(0, 2 * positions * 3 * width), expected = new double[2 * positions * width];
        double At(
            int batch,
            int position,
            int part,
            int column) => x[(((batch * positions) + position) * 3 * width) + (part * width) + column];
        for (int batch = 0; batch < 2; batch++)
        {
            for (int head = 0; head < heads; head++)
            {
                for (int query = 0; query < positions; query++)
                {
                    IEnumerable<int> columns = Enumerable.Range(head * headWidth, headWidth);
                    IEnumerable<int> seen = Enumerable.Range(0, query + 1);
                    double[] powers = [.. seen.Select(key => Math.Exp(
                        columns.Sum(column => At(batch, query, 0, column) * At(batch, key, 1, column))
                        / Math.Sqrt(headWidth)))];
                    foreach (int column in columns)
                    {
                        expected[(((batch * positions) + query) * width) + column] =
                            seen.Sum(key => powers[key] * At(batch, key, 2, column)) / powers.Sum();
                    }
                }
            }
        }

        AssertClose(expected, Value(x => x[0].CausalAttention(heads), ([2, positions, 3 * width], x)));
    }

    [Fact]
    public void Every_row_of_a_layer_norm_has_mean_0_and_variance_1_before_its_weights()
    {
        double[] x = Numbers(0, 6 * 21), weight = Numbers(1, 21);
        AssertClose(
            [.. x.Chunk(21).SelectMany(row => row.Zip(weight, (value, w) =>
                w * (value - row.Average())
                / Math.Sqrt(row.Average(other => Math.Pow(other - row.Average(), 2)) + 1e-5)))],
            Value(x => x[0].LayerNorm(x[1]), ([2, 3, 21], x), ([21], weight)));
    }

    [Fact]
    public void Elementwise_functions_are_their_formulas()
    {
        double[] x = [.. Numbers(0, 40), 0, 40, -40, 1e200, -1e200], y = Numbers(1, 45);
        AssertClose([.. x.Select(value => Math.Max(value, 0))], Value(x => x[0].Relu(), ([45], x)));
        AssertClose(
            [.. x.Select(value =>
                0.5 * value * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (value + (0.044715 * Math.Pow(value, 3))))))],
            Value(x => x[0].Gelu(), ([45], x)));
        AssertClose([.. x.Zip(y, (left, right) => (left + right) - (left / right) + (left * 3))],
            Value(x => (x[0] + x[1]) - (x[0] / x[1]) + (x[0] * 3), ([45], x), ([45], y)));
        AssertClose(
            [.. x.Select((value, index) => y[index % 5] - value)], Value(x => x[1] - x[0], ([9, 5], x), ([5], y[..5])));
        AssertClose(
            [.. x.Select(value => y[0] / (value + 1e300))],
            Value(x => x[1] / (x[0] + x[2]), ([9, 5], x), ([], y[..1]), ([], [1e300])));
    }

    [Fact]
    public void The_slope_of_Gelu_is_one_or_zero_far_from_zero()
    {
        double[] x = [100, -100, 101, -101, 1e10, -1e10, 1e200, -1e200];
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [x.Length], x));
        Assert.Equal(
            [1, 0, 1, 0, 1, 0, 1, 0],
            Differentiate.ValueAndGradient(x => x["x"].Gelu().Sum(), parameters).Gradients.AsSpan("x").ToArray());
    }

    [Fact]
    public void Attention_to_one_position_is_the_value_and_so_is_its_gradient()
    {
        const int heads = 128, batch = 16;
        double[] x = Numbers(0, batch * 3 * heads);
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [batch, 1, 3 * heads], x));
        ReadOnlySpan<double> gradient = Differentiate.ValueAndGradient(
            x => x["x"].CausalAttention(heads).Sum(), parameters).Gradients.AsSpan("x");
        for (int index = 0; index < gradient.Length; index++)
            Assert.Equal(index % (3 * heads) < 2 * heads ? 0 : 1, gradient[index]);
    }

    [Fact]
    public void Products_sum_over_the_inner_dimension()
    {
        double[] x = Numbers(0, 2 * 3 * 5), w = Numbers(1, 5 * 7);
        double[] transposed = [.. Enumerable.Range(0, 35).Select(index => w[(index % 5 * 7) + (index / 5)])];
        double[] expected =
        [
            .. x.Chunk(5).SelectMany(row => Enumerable.Range(0, 7).Select(column =>
                row.Select((value, k) => value * w[(k * 7) + column]).Sum())),
        ];
        AssertClose(expected, Value(x => x[0].MatMul(x[1]), ([2, 3, 5], x), ([5, 7], w)));
        AssertClose(expected, Value(x => x[0].MatMulTransposed(x[1]), ([2, 3, 5], x), ([7, 5], transposed)));
    }

    [Fact]
    public void Losses_and_pools_are_means()
    {
        double[] x = Numbers(0, 60), y = Numbers(1, 60);
        int[] targets = [3, -100, 0, 4, 4, -100, 1, 2, 0, 0, 1, -100];
        double[] losses =
        [
            .. x.Chunk(5).Zip(targets, (logits, target) => (logits, target)).Where(row => row.target >= 0)
                .Select(row => -Math.Log(Math.Exp(row.logits[row.target]) / row.logits.Sum(Math.Exp))),
        ];
        AssertClose([losses.Average()], Value(x => x[0].CrossEntropy(targets), ([3, 4, 5], x)));
        AssertClose([Math.Log(2)], Value(x => x[0].CrossEntropy(targets.AsMemory(6, 1)), ([2], [1e300, 1e300])));
        AssertClose(
            [x.Zip(y, (left, right) => Math.Pow(left - right, 2)).Average()],
            Value(x => x[0].MeanSquaredError(x[1]), ([12, 5], x), ([12, 5], y)));
        AssertClose([x.Sum()], Value(x => x[0].Sum(), ([60], x)));
        AssertClose(
            [.. Enumerable.Range(0, 15).Select(index => Enumerable.Range(0, 4).Average(position =>
                x[(((index / 5 * 4) + position) * 5) + (index % 5)]))],
            Value(x => x[0].MeanPool(), ([3, 4, 5], x)));
        AssertClose([.. targets.Where(id => id >= 0).SelectMany(id => x[(id * 5)..((id * 5) + 5)])],
            Value(x => x[0].Embed(targets.Where(id => id >= 0).ToArray()), ([12, 5], x)));
    }

    private static double[] Numbers(int stream, int count) => Sizes.Small(3).Numbers(stream, count);

    private static double[] Value(
        Func<Variable<double>[], Variable<double>> function, params (int[] Shape, double[] Data)[] leaves)
    {
        ParameterTree<double> parameters = ParameterTree.Of(
            [.. leaves.Select((leaf, index) => Leaf.Of($"{index}", leaf.Shape, leaf.Data))]);
        LossFunction<double> value = x => function([.. leaves.Select((_, index) => x[$"{index}"])]);
        int length = 0;
        Differentiate.Value(x => x.Constant(Shape.Scalar, [length = value(x).Shape.Length]), parameters);
        double[] result = new double[length];
        Differentiate.Value(value, parameters, result);
        return result;
    }

    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int index = 0; index < expected.Length; index++)
            Assert.Equal(expected[index], actual[index], Tolerance * Math.Max(1, Math.Abs(expected[index])));
    }
}
