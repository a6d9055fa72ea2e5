namespace Functional.Optim.Tests.Optimizers;

/// <summary>Adan with caution, whose mask is that of a leaf.</summary>
public class AdanTests
{
    private const double Rate = 0.1, Beta1 = 0.7, Beta2 = 0.6, Beta3 = 0.8, Epsilon = 0.1;

    /// <summary>The formula over whole leaves: m counts where m·g > 0, over the share of such elements.</summary>
    [Fact]
    public void With_caution_the_momentum_counts_where_it_has_the_sign_of_the_gradient()
    {
        Optimizer adan = Adan.Of(Rate, Beta1, Beta2, Beta3, Epsilon, caution: true);
        int[] lengths = [21, 1, 5];
        double[][] theta = [.. lengths.Select(length => Values(length, k => Math.Cos(k)))], m = Zeros(), e = Zeros(),
            n = Zeros(), last = Zeros();
        ParameterTree<double> parameters = Tree(theta);
        OptimizerState<double> state = adan.Init(parameters);
        int masked = 0;
        for (int t = 1; t <= 30; t++)
        {
            // In the last leaf the sign changes at every step, so that no element may agree.
            double[][] g =
            [
                .. lengths.Select((length, leaf) => Values(
                    length, k => leaf == 2 ? Math.Pow(-1.6, t) : Math.Sin((0.9 * t) + k) * (1 + (0.3 * k)))),
            ];
            (parameters, state) = adan.Step(parameters, Tree(g), state);
            for (int leaf = 0; leaf < lengths.Length; leaf++)
            {
                m[leaf] = [.. m[leaf].Zip(g[leaf], (mean, x) => (Beta1 * mean) + ((1 - Beta1) * x))];
                double share = Math.Max(m[leaf].Zip(g[leaf], (mean, x) => mean * x > 0 ? 1.0 : 0).Average(), 1e-3);
                if (share < 1) masked++;
                for (int k = 0; k < lengths[leaf]; k++)
                {
                    double x = g[leaf][k], d = t == 1 ? 0 : x - last[leaf][k], ahead = x + (Beta2 * d);
                    e[leaf][k] = (Beta2 * e[leaf][k]) + ((1 - Beta2) * d);
                    n[leaf][k] = (Beta3 * n[leaf][k]) + ((1 - Beta3) * ahead * ahead);
                    last[leaf][k] = x;
                    double kept = m[leaf][k] * x > 0 ? m[leaf][k] / share : 0;
                    theta[leaf][k] -= Rate
                        * ((kept / (1 - Math.Pow(Beta1, t))) + (Beta2 * e[leaf][k] / (1 - Math.Pow(Beta2, t))))
                        / (Math.Sqrt(n[leaf][k] / (1 - Math.Pow(Beta3, t))) + Epsilon);
                    Assert.Equal(theta[leaf][k], parameters.AsSpan($"{leaf}")[k], 1e-11);
                }
            }
        }

        Assert.InRange(masked, 20, 80);
        double[][] Zeros() => [.. lengths.Select(length => new double[length])];
    }

    [Fact]
    public void A_NaN_spoils_its_own_element_and_no_mask()
    {
        Optimizer adan = Adan.Of(Rate, caution: true);
        ParameterTree<double> parameters = Tree([[1, 2, 3]]);
        (ParameterTree<double> moved, _) = adan.Step(parameters, Tree([[1, double.NaN, 1]]), adan.Init(parameters));
        Assert.Equal([true, false, true], moved.AsSpan("0").ToArray().Select(double.IsFinite));
    }

    [Fact]
    public void An_empty_leaf_and_a_gradient_of_0_move_nothing()
    {
        Optimizer adan = Adan.Of(Rate, caution: true);
        ParameterTree<double> parameters = Tree([[], [1, 2]]);
        (ParameterTree<double> moved, _) = adan.Step(parameters, Tree([[], [0, 0]]), adan.Init(parameters));
        Assert.Equal(parameters, moved);
    }

    private static double[] Values(int length, Func<int, double> of) => [.. Enumerable.Range(0, length).Select(of)];

    private static ParameterTree<double> Tree(double[][] leaves) => ParameterTree.Of(
        [.. leaves.Select((values, leaf) => Leaf.Of($"{leaf}", [values.Length], values))]);
}
