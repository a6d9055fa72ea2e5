using System.Numerics;

namespace Functional.Optim.Tests.Transforms;

public class HyperballTests
{
    [Theory]
    [InlineData(0.02)]
    [InlineData(0.1)]
    public void The_norm_of_a_matrix_stays_over_a_thousand_steps(double rate)
    {
        Check<float>(Adam.Scaling().Then(Hyperball.Of(rate)));
        Check<double>(Adam.Scaling().Then(Hyperball.Of(rate)));
        Check<double>(
            Momentum.Of(0.95, nesterov: true).Then(Orthogonalize.Of()).Then(Hyperball.Of(rate)));

        static void Check<T>(Optimizer optimizer)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            ParameterTree<T> parameters = Matrix(16, 24, k => T.CreateTruncating(Math.Cos(1.7 * k)));
            double norm = parameters.GlobalNorm(), rounding = double.CreateTruncating(T.BitIncrement(T.One) - T.One);
            OptimizerState<T> state = optimizer.Init(parameters);
            ParameterTree<T> start = parameters;
            for (int step = 1; step <= 1000; step++)
            {
                ParameterTree<T> gradients =
                    Matrix(16, 24, k => T.CreateTruncating(Math.Sin((0.3 * step) + (0.9 * k))));
                (parameters, state) = optimizer.Step(parameters, gradients, state);
                Assert.Equal(norm, parameters.GlobalNorm(), 6 * rounding * norm);
            }

            Assert.NotEqual(start, parameters);
        }
    }

    [Fact]
    public void A_step_is_that_of_the_formula()
    {
        double[] theta = [1, -2, 3, 0.5, 0, -1], gradient = [0.3, 0.1, -2, 0, 1, 0.7];
        double size = Norm(theta), length = Norm(gradient);
        double[] moved = [.. theta.Zip(gradient, (t, g) => t - (0.1 * g * size / length))];
        double reached = Norm(moved);
        double[] actual = After(theta, gradient, 0.1);
        for (int k = 0; k < theta.Length; k++) Assert.Equal(moved[k] * size / reached, actual[k], 1e-14);
    }

    [Fact]
    public void The_scale_of_the_update_does_not_matter_unless_it_is_nearly_nothing()
    {
        double[] theta = [1, -2, 3, 0.5], gradient = [0.3, 0.1, -2, 1];
        double[] expected = After(theta, gradient, 0.1);
        foreach (double scale in (double[])[1e-9, 1e30, 1e150])
        {
            double[] actual = After(theta, [.. gradient.Select(g => scale * g)], 0.1);
            for (int k = 0; k < theta.Length; k++) Assert.Equal(expected[k], actual[k], 1e-13);
        }

        double[] still = After(theta, [.. gradient.Select(g => 1e-25 * g)], 0.1);
        for (int k = 0; k < theta.Length; k++) Assert.Equal(theta[k], still[k], 1e-14);
        Assert.Equal(theta, After(theta, [0, 0, 0, 0], 0.1));
    }

    [Fact]
    public void A_leaf_of_norm_0_stays_and_so_does_one_that_would_go_to_0()
    {
        Assert.Equal([0, 0, 0, 0], After([0, 0, 0, 0], [1, 2, 3, 4], 0.1));
        Assert.Equal([2, 0, 0, 0], After([2, 0, 0, 0], [1, 0, 0, 0], 1));
        Assert.Equal([5], After([5], [-3], 0.1));
    }

    [Fact]
    public void What_is_not_a_number_spoils_its_leaf_and_no_other()
    {
        LeafData<float> nothing = Leaf.Of("c", [0], Array.Empty<float>());
        ParameterTree<float> parameters =
            ParameterTree.Of(Leaf.Of("a", [2], [1f, 2]), Leaf.Of("b", [2], [1f, 2]), nothing);
        ParameterTree<float> gradients =
            ParameterTree.Of(Leaf.Of("a", [2], [1f, float.NaN]), Leaf.Of("b", [2], [1f, 0]), nothing);
        Optimizer hyperball = Hyperball.Of(0.1);
        (ParameterTree<float> moved, _) = hyperball.Step(parameters, gradients, hyperball.Init(parameters));
        Assert.Equal([float.NaN, float.NaN], moved.AsSpan("a").ToArray());
        Assert.All(moved.AsSpan("b").ToArray(), element => Assert.True(float.IsFinite(element)));
    }

    [Fact]
    public void It_is_the_learning_rate_and_groups_multiply_it()
    {
        Optimizer half = ((Optimizer)Hyperball.Of(Schedule.LinearWarmup(0.2, 4)))
            .WithGroups(LeafGroup.Of("slow", _ => true, learningRateMultiplier: 0.5));
        Assert.Equal(0.2, half.LearningRateAt(4));
        double[] theta = [1, -2, 3, 0.5], gradient = [0.3, 0.1, -2, 1];
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [4], theta));
        ParameterTree<double> gradients = ParameterTree.Of(Leaf.Of("x", [4], gradient));
        OptimizerState<double> state = half.Init(parameters);
        for (int step = 1; step <= 3; step++) (_, state) = half.Step(parameters, gradients, state);
        Assert.Equal(After(theta, gradient, 0.1), half.Step(parameters, gradients, state).Parameters.AsSpan().ToArray()
            [..4]);
    }

    private static double[] After(double[] theta, double[] gradient, double rate)
    {
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [theta.Length], theta));
        Optimizer hyperball = Hyperball.Of(rate);
        return hyperball.Step(
            parameters, ParameterTree.Of(Leaf.Of("x", [theta.Length], gradient)), hyperball.Init(parameters))
            .Parameters.AsSpan("x").ToArray();
    }

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(value => value * value));

    private static ParameterTree<T> Matrix<T>(int rows, int columns, Func<int, T> element)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => ParameterTree.Of(
        Leaf.Of("w", [rows, columns], [.. Enumerable.Range(0, rows * columns).Select(element)]));
}
