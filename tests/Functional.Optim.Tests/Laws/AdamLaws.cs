using FsCheck.Xunit;
using Functional.Optim.Kernels;
using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Laws;

public class AdamLaws
{
    private const double Rate = 0.01;
    private const double Decay = 0.1;
    private const double Kept = 1 - (Rate * Decay);

    [Property]
    public void With_a_constant_gradient_the_corrected_moments_are_that_gradient(int seed)
    {
        ParameterTree<double> parameters = Trees.Random<double>(seed);
        ParameterTree<double> gradients = Trees.Random<double>(seed + 1);
        Adam adam = Adam.Of(Rate, epsilon: 1e-300);
        AdamState<double> state = adam.Init(parameters);
        for (int step = 1; step <= 20; step++)
        {
            ParameterTree<double> before = parameters;
            (parameters, state) = adam.Step(parameters, gradients, state);
            for (int index = 0; index < gradients.AsSpan().Length; index++)
            {
                double g = gradients.AsSpan()[index];
                Assert.Equal(g, state.M.AsSpan()[index] / BiasCorrection.Factor(0.9, step), 1e-12);
                Assert.Equal(g * g, state.V.AsSpan()[index] / BiasCorrection.Factor(0.999, step), 1e-11);
                Assert.Equal(Rate * Math.Sign(g), before.AsSpan()[index] - parameters.AsSpan()[index], 1e-12);
            }
        }
    }

    [Fact]
    public void Without_bias_correction_the_step_is_larger_by_the_root_of_one_factor_over_the_other()
    {
        Adam adam = Adam.Of(1, epsilon: 0, biasCorrection: false);
        ParameterTree<double> parameters = Pair(0, 0), gradients = Pair(3, -0.01);
        AdamState<double> state = adam.Init(parameters);
        double[] ratios = new double[3000];
        for (int step = 1; step <= ratios.Length; step++)
        {
            (ParameterTree<double> deltas, state) = adam.Update(parameters, gradients, state);
            ratios[step - 1] = deltas.AsSpan("w")[1];
            Assert.Equal(deltas.AsSpan("w")[0], -deltas.AsSpan("w")[1], 1e-12);
            Assert.Equal((1 - Math.Pow(0.9, step)) / Math.Sqrt(1 - Math.Pow(0.999, step)), ratios[step - 1], 1e-12);
        }

        Assert.Equal(3.16, ratios[0], 0.005);
        Assert.Equal(6.57, ratios.Max(), 0.005);
        Assert.Equal(12, 1 + Array.IndexOf(ratios, ratios.Max()));
        Assert.InRange(ratios[^1], 1, 1.03);
    }

    [Fact]
    public void Both_factors_rise_to_one_and_then_the_correction_changes_nothing()
    {
        foreach (double beta in (double[])[0, 0.5, 0.9, 0.999, 0.999999])
        {
            Assert.Equal(1 - beta, BiasCorrection.Factor(beta, 1), 1e-16);
            long[] steps = [.. Enumerable.Range(0, 63).Select(power => 1L << power), long.MaxValue];
            for (int index = 1; index < steps.Length; index++)
                Assert.True(BiasCorrection.Factor(beta, steps[index]) >= BiasCorrection.Factor(beta, steps[index - 1]));
            Assert.Equal(1, BiasCorrection.Factor(beta, long.MaxValue));
        }

        ParameterTree<float> parameters = Trees.Random<float>(1), gradients = Trees.Random<float>(2);
        AdamState<float> late = Adam.Of(Rate).Step(parameters, gradients, Adam.Of(Rate).Init(parameters)).State
            with { Step = 1_000_000 };
        Assert.Equal(
            Adam.Of(Rate, biasCorrection: false).Step(parameters, gradients, late),
            Adam.Of(Rate).Step(parameters, gradients, late));
    }

    [Fact]
    public void A_gradient_times_a_power_of_two_changes_no_bit_of_the_parameters()
    {
        OptimizerLaws.ScaleInvariance(Adam.Of(Rate, epsilon: 0));
        OptimizerLaws.ScaleInvariance(Adam.Of(Rate, beta1: 0.5, beta2: 0.9, epsilon: 0, biasCorrection: false));
        OptimizerLaws.ScaleInvariance(AdamW.Of(Rate, epsilon: 0, weightDecay: Decay));
    }

    [Fact]
    public void Decoupled_decay_is_a_shrinking_by_one_minus_rate_times_decay_and_then_Adam() => Law.Holds(problem =>
    {
        (AdamW adamw, Adam adam) = (AdamW.Of(Rate, weightDecay: Decay), Adam.Of(Rate));
        AdamState<double> state = adamw.Init(problem.Parameters<double>());
        ParameterTree<double> decayed = problem.Parameters<double>();
        for (int update = 1; update <= Problem.Updates; update++)
        {
            ParameterTree<double> gradients = problem.Gradients<double>(update);
            (ParameterTree<double> expected, AdamState<double> plain) = adam.Step(Shrunk(decayed), gradients, state);
            (decayed, state) = adamw.Step(decayed, gradients, state);
            Assert.Equal(plain, state);
            AssertNear(expected, decayed);
        }
    });

    [Fact]
    public void For_plain_descent_an_L2_penalty_is_decoupled_decay() => Law.Holds(
        problem =>
        {
            ParameterTree<double> penalized = problem.Parameters<double>();
            for (int update = 1; update <= Problem.Updates; update++)
            {
                ParameterTree<double> gradients = problem.Gradients<double>(update);
                var (expected, state) = Sgd.Of(Rate).Step(Shrunk(penalized), gradients, Sgd.Of(Rate).Init(penalized));
                (penalized, _) = Sgd.Of(Rate, weightDecay: Decay).Step(penalized, gradients, state);
                AssertNear(expected, penalized);
            }
        },
        Problem.Ordinary());

    [Fact]
    public void For_Adam_an_L2_penalty_is_something_else()
    {
        ParameterTree<double> parameters = Pair(1, 1), gradients = Pair(0, 1);
        foreach (double decay in (double[])[0.1, 0.01, 0.001])
        {
            Adam penalized = Adam.Of(Rate, weightDecay: decay);
            AdamW decoupled = AdamW.Of(Rate, weightDecay: decay);
            ReadOnlySpan<double> l2 =
                penalized.Step(parameters, gradients, penalized.Init(parameters)).Parameters.AsSpan("w");
            ReadOnlySpan<double> decayed =
                decoupled.Step(parameters, gradients, decoupled.Init(parameters)).Parameters.AsSpan("w");
            Assert.Equal(0.99, l2[0], 1e-6);
            Assert.Equal(1 - (Rate * decay), decayed[0], 1e-15);
            Assert.Equal(0.99, l2[1], 1e-9);
            Assert.Equal(0.99 - (Rate * decay), decayed[1], 1e-9);
        }
    }

    [Property]
    public void A_parameter_without_gradient_shrinks_by_one_minus_rate_times_decay(Problem problem)
    {
        ParameterTree<double> parameters = problem.Parameters<double>();
        ParameterTree<double> zeros = parameters.Layout.Zeros<double>();
        AdamW decoupled = AdamW.Of(Rate, weightDecay: Decay);
        Adam penalized = Adam.Of(Rate, weightDecay: Decay, epsilon: 1e-300);
        var (decayed, _) = decoupled.Step(parameters, zeros, decoupled.Init(parameters));
        var (moved, _) = penalized.Step(parameters, zeros, penalized.Init(parameters));
        AssertNear(Shrunk(parameters), decayed);
        for (int index = 0; index < zeros.AsSpan().Length; index++)
        {
            double theta = parameters.AsSpan()[index];
            Assert.Equal(theta - (Rate * Math.Sign(theta)), moved.AsSpan()[index], 1e-12);
        }
    }

    private static ParameterTree<double> Pair(double first, double second) =>
        ParameterTree.Of(Leaf.Of("w", [2], [first, second]));

    private static ParameterTree<double> Shrunk(ParameterTree<double> tree) =>
        ParameterTree.Of([.. tree.Layout.Leaves.Select(leaf =>
            Leaf.Of(leaf.Name, leaf.Shape.AsSpan(), Array.ConvertAll(
                tree.AsSpan(leaf).ToArray(), value => value * Kept)))]);

    private static void AssertNear(ParameterTree<double> expected, ParameterTree<double> actual)
    {
        for (int index = 0; index < expected.AsSpan().Length; index++)
            Assert.Equal(
                expected.AsSpan()[index], actual.AsSpan()[index], 4e-16 * (0.1 + Math.Abs(expected.AsSpan()[index])));
    }
}
