using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Transforms;

using Trees = Functional.Optim.Tests.Laws.Trees;

/// <summary>Transforms that process whole leaves or output units.</summary>
public class UnitTests
{
    [Fact]
    public void The_padding_is_not_measured()
    {
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("w", [3], [1.0, 2, 3]));
        Optimizer optimizer = Adam.Scaling(epsilon: 0).Then(Clip.ByGlobalNorm(1));
        Assert.Equal(
            1, optimizer.Update(parameters, parameters, optimizer.Init(parameters)).Deltas.GlobalNorm(), 1e-12);
    }

    [Fact]
    public void A_leaf_is_clipped_by_its_own_norm()
    {
        ParameterTree<double> deltas = Deltas(Clip.ByLeafNorm(1), [3, 4], [[0.3, 0.4], [0, 0]]);
        Assert.Equal([0.6, 0.8], deltas.AsSpan("vector").ToArray(), Near);
        Assert.Equal([0.3, 0.4, 0, 0], deltas.AsSpan("matrix").ToArray(), Near);
        Assert.Equal(
            [3 / 7.0, 4 / 7.0],
            Deltas(Clip.ByLeafNorm(1, NormKind.L1), [3, 4], [[0, 0], [0, 0]]).AsSpan("vector").ToArray(),
            Near);
        Assert.Throws<NonFiniteGradientException>(() => Deltas(Clip.ByLeafNorm(1), [double.NaN, 0], [[0, 0], [0, 0]]));
    }

    [Theory]
    [InlineData(OutputAxis.First, new[] { 0.02 * 3 / 5, 0.02 * 4 / 5, 0.001, 0.001 })]
    [InlineData(OutputAxis.Last, new[] { 0.02 * 3 / 3.00000016666666, 0.02, 0.02 * 0.001 / 3.00000016666666, 5e-6 })]
    public void Adaptive_clipping_compares_each_unit_with_its_parameters(OutputAxis outputAxis, double[] expected)
    {
        // The parameters are ones, so the norm of a unit is √2; with λ = 0.02/√2 the maximum is 0.02.
        ParameterTree<double> deltas = Deltas(
            Clip.Adaptively(0.02 / Math.Sqrt(2), 1e-3, outputAxis), [30, 40], [[3, 4], [0.001, 0.001]]);
        Assert.Equal([0.012, 0.016], deltas.AsSpan("vector").ToArray(), Near);
        Assert.Equal(expected, deltas.AsSpan("matrix").ToArray(), (left, right) => Math.Abs(left - right) < 1e-8);
        Optimizer clip = Clip.Adaptively();
        ParameterTree<double> still = clip.Init(Trees.Random<double>(0)).SlotCount == 0
            ? Trees.Random<double>(0).Layout.Zeros<double>()
            : default;
        Assert.Equal(
            -1, clip.Update(Trees.Random<double>(0), still, clip.Init(still)).Deltas.AsSpan().IndexOfAnyExcept(0.0));
    }

    [Theory]
    [InlineData(OutputAxis.First)]
    [InlineData(OutputAxis.Last)]
    public void Adaptive_clipping_measures_units_whose_squares_overflow(OutputAxis outputAxis)
    {
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("w", [2, 2], [1.0, 0, 0, 3e200]));
        ParameterTree<double> gradients = ParameterTree.Of(Leaf.Of("w", [2, 2], [1e200, 0, 0, 4e198]));
        Optimizer clip = Clip.Adaptively(outputAxis: outputAxis);
        ParameterTree<double> deltas = clip.Update(parameters, gradients, clip.Init(parameters)).Deltas;
        Assert.Equal(
            [1, 0, 0, 1],
            deltas.AsSpan("w").ToArray().Zip([-0.01, 1, 1, -3e198], (delta, expected) => delta / expected),
            Near);
        ParameterTree<double> tiny = ParameterTree.Of(Leaf.Of("w", [2, 2], [1e-200, 0, 0, 0]));
        Assert.Equal(-1e-200, clip.Update(parameters, tiny, clip.Init(parameters)).Deltas.AsSpan("w")[0]);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Adaptive_clipping_rejects_non_finite_updates_before_anything_is_written(double bad)
    {
        Optimizer optimizer = Momentum.Of(0.9).Then(Clip.Adaptively());
        ParameterTree<double> parameters = Trees.Random<double>(0), state = Trees.Random<double>(1);
        ParameterTree<double> before = Trees.Random<double>(1), good = Trees.Random<double>(0);
        TreeBuffer<double> broken = good.Layout.Rent<double>();
        good.AsSpan().CopyTo(broken.AsSpan());
        broken.AsSpan("leaf8")[^1] = bad;
        ParameterTree<double> donated = broken.ToTree();
        Assert.Equal("leaf8", Assert.Throws<NonFiniteGradientException>(
            () => { optimizer.StepDonating(parameters, donated, new OptimizerState<double>(1, state)); }).Leaf);
        Assert.Equal((good, before), (parameters, state));
        Assert.Equal(good.AsSpan("leaf7"), donated.AsSpan("leaf7"));
    }

    [Theory]
    [InlineData(OutputAxis.First, new[] { -1.0, 1, -2, 2 })]
    [InlineData(OutputAxis.Last, new[] { -2.0, -3, 2, 3 })]
    public void Centralized_units_have_the_mean_zero(OutputAxis outputAxis, double[] expected)
    {
        ParameterTree<double> deltas = Deltas(Centralize.By(outputAxis), [1, 2], [[1, 3], [5, 9]]);
        Assert.Equal(expected, deltas.AsSpan("matrix").ToArray(), Near);
        Assert.Equal([1, 2], deltas.AsSpan("vector").ToArray());
    }

    [Theory]
    [InlineData(3, 50_000)]
    [InlineData(50_000, 3)]
    [InlineData(1, 70_001)]
    [InlineData(70_001, 1)]
    [InlineData(301, 1_111)]
    public void Large_units_have_their_means_and_norms_on_every_width(int rows, int columns)
    {
        float[] theta = [.. Enumerable.Range(0, rows * columns).Select(index => MathF.Cos(index))];
        float[] gradient = [.. Enumerable.Range(0, rows * columns).Select(index => MathF.Sin(index * 0.7f) + 0.3f)];
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("w", [rows, columns], theta));
        ParameterTree<float> gradients = ParameterTree.Of(Leaf.Of("w", [rows, columns], gradient));
        foreach (OutputAxis axis in Enum.GetValues<OutputAxis>())
        {
            int Unit(int element) => axis == OutputAxis.First ? element / columns : element % columns;
            int units = axis == OutputAxis.First ? rows : columns, length = theta.Length / units;
            double[] sums = new double[units], ofTheta = new double[units], ofGradient = new double[units];
            for (int element = 0; element < theta.Length; element++)
            {
                sums[Unit(element)] += gradient[element];
                ofTheta[Unit(element)] += (double)theta[element] * theta[element];
                ofGradient[Unit(element)] += (double)gradient[element] * gradient[element];
            }

            CheckEach(Centralize.By(axis), element => gradient[element] - (sums[Unit(element)] / length));
            CheckEach(Clip.Adaptively(0.9, 1e-3, axis), element => gradient[element] * Math.Min(1, 0.9
                * Math.Max(1e-3, Math.Sqrt(ofTheta[Unit(element)])) / Math.Sqrt(ofGradient[Unit(element)])));
        }

        void CheckEach(Optimizer transform, Func<int, double> expected)
        {
            float[] Output() =>
                transform.Update(parameters, gradients, transform.Init(parameters)).Deltas.AsSpan("w").ToArray();
            float[] deltas = LaneWidths.With(LaneWidth.Scalar, Output);
            for (int element = 0; element < deltas.Length; element++)
            {
                // Not with Assert.Equal, which takes longer than all else here.
                if (!(Math.Abs(expected(element) + deltas[element]) < 2e-7))
                    Assert.Fail($"{transform}: {deltas[element]} at {element}, not {-expected(element)}.");
            }

            foreach (LaneWidth width in Enum.GetValues<LaneWidth>())
                Assert.True(deltas.AsSpan().SequenceEqual(LaneWidths.With(width, Output)), $"{transform}, {width}");
        }
    }

    [Fact]
    public void Noise_has_the_variance_of_its_step_and_is_a_function_of_seed_step_and_index()
    {
        ParameterTree<double> zeros = ParameterTree.Of(Leaf.Of("w", [20_000], new double[20_000]));
        Optimizer noise = Noise.Of(variance: 0.09, seed: 5);
        OptimizerState<double> state = noise.Init(zeros);
        (ParameterTree<double> first, OptimizerState<double> next) = noise.Update(zeros, zeros, state);
        (ParameterTree<double> second, _) = noise.Update(zeros, zeros, next);
        Assert.Equal(first, noise.Update(zeros, zeros, state).Deltas);
        Assert.Equal(0.3, Deviation(first), 0.005);
        Assert.Equal(0.3 / Math.Pow(2, 0.275), Deviation(second), 0.005);
        Assert.NotEqual(first, Noise.Of(0.09, seed: 6).Update(zeros, zeros, state).Deltas);

        static double Deviation(ParameterTree<double> tree) =>
            Math.Sqrt(tree.AsSpan("w").ToArray().Average(value => value * value));
    }

    [Fact]
    public void The_trust_ratio_gives_the_update_the_size_of_the_parameters()
    {
        // ‖θ‖ is √2 for the vector and 2 for the matrix.
        ParameterTree<double> deltas = Deltas(TrustRatio.Of(0.5), [3, 4], [[0, 0], [0, 0]]);
        Assert.Equal([3 * Math.Sqrt(2) / 10, 4 * Math.Sqrt(2) / 10], deltas.AsSpan("vector").ToArray(), Near);
        Assert.Equal(-1, deltas.AsSpan("matrix").IndexOfAnyExcept(0.0));
        double ratio = 0.5 * Math.Sqrt(2) / (5 + (0.1 * Math.Sqrt(2)) + 1e-3);
        ParameterTree<double> decayed = Deltas(
            TrustRatio.Of(0.5, 0.1, 1e-3, leaf => leaf.Rank == 1), [3, 4], [[1, 2], [3, 4]]);
        // The test negates the gradient, so the penalty pulls against it.
        Assert.Equal([ratio * 2.9, ratio * 3.9], decayed.AsSpan("vector").ToArray(), Near);
        Assert.Equal([1, 2, 3, 4], decayed.AsSpan("matrix").ToArray());
    }

    [Fact]
    public void The_trust_ratio_of_an_update_near_zero_leaves_it_finite()
    {
        ParameterTree<float> ones = ParameterTree.Of(Leaf.Of("w", [2], [1f, 1f]));
        ParameterTree<float> denormal = ParameterTree.Of(Leaf.Of("w", [2], [1e-42f, 0f]));
        ParameterTree<float> deltas = TrustRatio.Of(0.001).Update(
            ones, denormal, TrustRatio.Of(0.001).Init(ones)).Deltas;
        Assert.Equal([-1e-42f * float.MaxValue, 0], deltas.AsSpan("w").ToArray());
        ParameterTree<double> one = ParameterTree.Of(Leaf.Of("w", [1], [1.0]));
        ParameterTree<double> least = ParameterTree.Of(Leaf.Of("w", [1], [double.Epsilon]));
        Assert.Equal(
            -double.Epsilon * double.MaxValue,
            TrustRatio.Of().Update(one, least, TrustRatio.Of().Init(one)).Deltas.AsSpan("w")[0]);
    }

    [Fact]
    public void Lamb_and_lars_follow_their_formulas()
    {
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("w", [2], [3.0, 4]));
        Lamb lamb = Lamb.Of(0.1, weightDecay: 0.01);
        Lars lars = Lars.Of(0.1, coefficient: 0.5, weightDecay: 0.01);
        (ParameterTree<double> byLamb, AdamState<double> lambState) = (parameters, lamb.Init(parameters));
        (ParameterTree<double> byLars, SgdState<double> larsState) = (parameters, lars.Init(parameters));
        double[] theta = [3, 4], m = [0, 0], v = [0, 0], other = [3, 4], trace = [0, 0];
        for (int t = 1; t <= 5; t++)
        {
            double[] g = [Math.Sin(t), Math.Cos(t) + 0.5];
            ParameterTree<double> gradients = ParameterTree.Of(Leaf.Of("w", [2], g));
            (byLamb, lambState) = lamb.Step(byLamb, gradients, lambState);
            (byLars, larsState) = lars.Step(byLars, gradients, larsState);
            double[] r = new double[2];
            for (int i = 0; i < 2; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * g[i]);
                v[i] = (0.999 * v[i]) + (0.001 * g[i] * g[i]);
                r[i] = (m[i] / (1 - Math.Pow(0.9, t)) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, t))) + 1e-6)) + (
                    0.01 * theta[i]);
            }

            double trust = Norm(theta) / Norm(r), local = 0.5 * Norm(other) / (Norm(g) + (0.01 * Norm(other)));
            for (int i = 0; i < 2; i++)
            {
                theta[i] -= 0.1 * trust * r[i];
                trace[i] = (0.9 * trace[i]) + (0.1 * local * (g[i] + (0.01 * other[i])));
                other[i] -= trace[i];
            }
        }

        Assert.Equal(theta, byLamb.AsSpan("w").ToArray(), Near);
        Assert.Equal(other, byLars.AsSpan("w").ToArray(), Near);

        static double Norm(double[] x) => Math.Sqrt((x[0] * x[0]) + (x[1] * x[1]));
    }

    /// <summary>The update that the transforms make for parameters of ones.</summary>
    private static ParameterTree<double> Deltas(Optimizer optimizer, double[] vector, double[][] matrix)
    {
        ParameterTree<double> ones = ParameterTree.Of(
            Leaf.Of("vector", [2], [1.0, 1]), Leaf.Of("matrix", [2, 2], [1.0, 1, 1, 1]));
        ParameterTree<double> gradients = ParameterTree.Of(
            Leaf.Of("vector", [2], vector), Leaf.Of("matrix", [2, 2], matrix.SelectMany(row => row).ToArray()));
        return Scale.By(-1).Then(optimizer).Update(ones, gradients, optimizer.Init(ones)).Deltas;
    }

    private static bool Near(double left, double right) => Math.Abs(left - right) < 1e-12;
}
