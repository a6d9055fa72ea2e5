using System.Numerics;
using Functional.Optim.Autodiff;

namespace Functional.Optim.Tests.Autodiff;

/// <summary>
/// Operations with differences or squares keep their precision at every size and
/// offset, compared with formulas in double.
/// </summary>
public class NumericRangeLaws
{
    public static TheoryData<double, double, double> Rows
    {
        get
        {
            TheoryData<double, double, double> rows = [];
            foreach (double size in (double[])[1e-30, 1e-19, 1e-8, 1, 1e8, 1e19, 3e37])
            {
                foreach (double offset in (double[])[0, 1, -1e3, 1e6])
                {
                    foreach (double epsilon in (double[])[1e-5, 1e-12, 1e-50])
                    {
                        if (size * Math.Abs(offset) < 1e38) rows.Add(size, offset * size, epsilon);
                    }
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Layer_norm_and_its_gradient_are_those_of_double_at_every_size_and_offset(
        double size, double offset, double epsilon)
    {
        foreach (int width in (int[])[2, 15, 16, 100, 768])
        {
            Sizes sizes = Sizes.Small(width);
            float[] x = [.. sizes.Numbers(0, width).Select(value => (float)(offset + (size * value)))];
            float[] weight = [.. sizes.Numbers(1, width).Select(value => (float)value)];
            float[] slopes = [.. sizes.Numbers(2, width).Select(value => (float)(value + 1000))];
            (double[] y, double[] toX, double scale) = Exact(x, weight, slopes, epsilon);
            ParameterTree<float> tree = ParameterTree.Of(Leaf.Of("x", [1, width], x), Leaf.Of("w", [width], weight));
            float[] value = new float[width];
            Differentiate.Value(of => of["x"].LayerNorm(of["w"], epsilon), tree, value);
            AssertClose(y, value, 1e-5);
            ReadOnlySpan<float> gradient = Differentiate.ValueAndGradient(
                of => (of["x"].LayerNorm(of["w"], epsilon) * of.Constant(new Shape(1, width), slopes)).Sum(),
                tree).Gradients.AsSpan("x");
            double tolerance = (1e-5 * scale * slopes.Zip(weight, (g, w) => Math.Abs((double)g * w)).Max()) + 1e-40;
            for (int index = 0; index < width; index++) Assert.Equal(toX[index], gradient[index], tolerance);
        }
    }

    [Theory]
    [InlineData(1e-5)]
    [InlineData(1e-50)]
    [InlineData(1e-300)]
    public void A_constant_row_is_normalized_to_zeros_whatever_its_number(double epsilon)
    {
        foreach (double number in (double[])[0, 3, 10.1, 50.3, 500.9, 1000.1, 7722.992, -1e19, 3e38, 1e-30, 1e-44])
        {
            Assert.All(Norm((float)number, epsilon), y => Assert.Equal(0, y));
            Assert.All(Norm(number, epsilon), y => Assert.Equal(0, y));
        }

        static T[] Norm<T>(T number, double epsilon)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            T[] y = new T[768];
            ParameterTree<T> tree = ParameterTree.Of(
                Leaf.Of("x", [768], [.. Enumerable.Repeat(number, 768)]),
                Leaf.Of("w", [768], [.. Enumerable.Repeat(T.One, 768)]));
            Differentiate.Value(of => of["x"].LayerNorm(of["w"], epsilon), tree, y);
            return y;
        }
    }

    [Fact]
    public void A_constant_gradient_vanishes_in_a_layer_norm_of_equal_weights()
    {
        float[] x = [.. Sizes.Small(1).Numbers(0, 768).Select(value => (float)(1e-6 * value))];
        ParameterTree<float> tree = ParameterTree.Of(
            Leaf.Of("x", [768], x), Leaf.Of("w", [768], [.. Enumerable.Repeat(10.1f, 768)]));
        ReadOnlySpan<float> gradient = Differentiate.ValueAndGradient(
            of => of["x"].LayerNorm(of["w"]).Sum(), tree).Gradients.AsSpan("x");
        foreach (float slope in gradient) Assert.Equal(0, slope);
    }

    [Theory]
    [InlineData(510)]
    [InlineData(490)]
    [InlineData(-490)]
    [InlineData(-500)]
    public void A_row_of_doubles_times_a_power_of_two_has_the_same_layer_norm(int power)
    {
        double[] x = Sizes.Small(2).Numbers(0, 50), weight = Sizes.Small(2).Numbers(1, 50);
        double[] Norm(double factor, double epsilon)
        {
            double[] y = new double[50];
            ParameterTree<double> tree = ParameterTree.Of(
                Leaf.Of("x", [50], [.. x.Select(value => value * factor)]), Leaf.Of("w", [50], weight));
            Differentiate.Value(of => of["x"].LayerNorm(of["w"], epsilon), tree, y);
            return y;
        }

        double[] expected = Norm(1, 0.1), actual = Norm(Math.ScaleB(1, power), Math.ScaleB(0.1, 2 * power));
        for (int index = 0; index < 50; index++) Assert.Equal(expected[index], actual[index], 1e-13);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(14)]
    [InlineData(20)]
    [InlineData(37.5)]
    [InlineData(80)]
    public void Cross_entropy_of_a_likely_target_is_precise_and_its_gradients_add_to_zero(double ahead)
    {
        Ahead<float>(ahead, 1e-5);
        Ahead<double>(ahead, 1e-12);
        Ahead<double>(8 * ahead, 1e-12);
    }

    [Fact]
    public void The_gradient_of_an_attention_that_is_almost_certain_is_precise()
    {
        foreach (double query in (double[])[1, 10, 16.5, 20, 60])
        {
            ReadOnlySpan<float> gradient = Gradient<float>(query);
            double other = Math.Exp(-query);
            double both = other / ((1 + other) * (1 + other));
            double slope = both * ((double)10.1f - 3.5f);
            double[] expected = [0, slope * query, 1 + (1 / (1 + other)), slope, -slope * query, other / (1 + other)];
            for (int index = 0; index < 6; index++)
                Assert.Equal(expected[index], gradient[index], 2e-6 * Math.Abs(expected[index]));
        }

        static ReadOnlySpan<T> Gradient<T>(double query)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            T[] x = [.. ((double[])[0, 1, 10.1f, query, 0, 3.5f]).Select(T.CreateTruncating)];
            return Differentiate.ValueAndGradient(
                of => of["x"].CausalAttention(1).Sum(),
                ParameterTree.Of(Leaf.Of("x", [1, 2, 3], x))).Gradients.AsSpan("x");
        }
    }

    [Fact]
    public void A_mean_of_finite_numbers_is_finite()
    {
        foreach (int count in (int[])[1, 3, 4, 5, 1000])
        {
            Means(count, 3e38f, 1e-6);
            Means(count, 1.7e308, 1e-13);
            Means(count, 10.1f, 1e-6);
        }

        static void Means<T>(int count, T number, double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            ParameterTree<T> tree = ParameterTree.Of(
                Leaf.Of("x", [1, count, 1], [.. Enumerable.Repeat(number, count)]));
            double expected = double.CreateTruncating(number);
            Assert.Equal(1, Differentiate.Value(of => of["x"].Mean(), tree) / expected, tolerance);
            Assert.Equal(1, Differentiate.Value(of => of["x"].MeanPool(), tree) / expected, tolerance);
        }
    }

    [Fact]
    public void The_highest_rate_of_dropout_keeps_the_mean()
    {
        ParameterTree<double> ones = ParameterTree.Of(Leaf.Of("x", [1], [1.0]));
        double[] kept = [.. Enumerable.Range(0, 1000)
            .Select(key => Differentiate.Value(x => x["x"].Dropout(Math.BitDecrement(1), (ulong)key), ones))];
        Assert.All(kept, value => Assert.True(value is 0 or 1 << 24));
    }

    [Fact]
    public void Empty_variables_stay_empty_whatever_their_other_sizes()
    {
        ParameterTree<float> tree = ParameterTree.Of(
            Leaf.Of("x", [2, 3], [1f, 2, 3, 4, 5, 6]),
            Leaf.Of("w", [3], [1f, 1, 1]),
            Leaf.Of("none", [0], Array.Empty<float>()));
        Differentiate.Value(of => of["x"].LayerNorm(of["w"]).Sum(), tree);
        ReadOnlySpan<float> gradient = Differentiate.ValueAndGradient(
            of => of.Constant(new Shape(1_200_000_000, 0), []).LayerNorm(of["none"]).Sum()
                + of["none"].Reshape(new Shape(1_500_000_000, 0)).LayerNorm(of["none"]).Sum()
                + of["none"].Reshape(new Shape(2, 1_000_000_000, 0)).CausalAttention(1_500_000_000).Sum()
                + of["none"].Reshape(new Shape(1_500_000_000, 1, 0)).MeanPool().Sum()
                + of["w"].Reshape(new Shape(3)).Sum(),
            tree).Gradients.AsSpan("w");
        Assert.Equal([1, 1, 1], gradient);
    }

    /// <summary>One target far above four other classes; multiples of 1/4, so that no difference is rounded.</summary>
    private static void Ahead<T>(double ahead, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] logits = [-ahead, 2.25 - ahead, 2.5, -1 - ahead, -ahead];
        double[] powers = [.. logits.Select((logit, index) => index == 2 ? 0 : Math.Exp(logit - 2.5))];
        double others = powers.Sum();
        double loss = others < 1e-5
            ? others - (others * others / 2) + (others * others * others / 3)
            : Math.Log(1 + others);
        ParameterTree<T> tree = ParameterTree.Of(Leaf.Of("x", [1, 5], [.. logits.Select(T.CreateTruncating)]));
        (double actual, ParameterTree<T> gradients) = Differentiate.ValueAndGradient(
            x => x["x"].CrossEntropy(new[] { 2 }), tree);
        Assert.Equal(loss, actual, tolerance * loss);
        double sum = 0;
        for (int index = 0; index < 5; index++)
        {
            double slope = double.CreateTruncating(gradients.AsSpan("x")[index]);
            double expected = (index == 2 ? -others : powers[index]) / (1 + others);
            Assert.Equal(expected, slope, tolerance * Math.Abs(expected));
            sum += slope;
        }

        Assert.Equal(0, sum, tolerance * others / (1 + others));
    }

    private static (double[] Value, double[] ToX, double Scale) Exact(
        float[] x, float[] w, float[] slopes, double epsilon)
    {
        double[] deviations = [.. x.Select(value => (double)value - x[0])];
        double mean = deviations.Average();
        double scale = 1 / Math.Sqrt(deviations.Average(d => (d - mean) * (d - mean)) + epsilon);
        double[] normal = [.. deviations.Select(d => (d - mean) * scale)];
        double[] h = [.. slopes.Zip(w, (g, weight) => (double)g * weight)];
        double meanOfH = h.Average(), meanOfProduct = h.Zip(normal, (slope, n) => (slope - meanOfH) * n).Average();
        return (
            [.. normal.Zip(w, (n, weight) => n * weight)],
            [.. h.Zip(normal, (slope, n) => scale * (slope - meanOfH - (n * meanOfProduct)))],
            scale);
    }

    private static void AssertClose(double[] expected, float[] actual, double tolerance)
    {
        for (int index = 0; index < expected.Length; index++)
            Assert.Equal(expected[index], actual[index], tolerance * Math.Max(1, Math.Abs(expected[index])));
    }
}
