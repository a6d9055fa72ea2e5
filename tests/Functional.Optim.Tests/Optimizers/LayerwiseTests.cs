using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>What the trajectories of LAMB, Fromage, StableAdamW and the clip by RMS do not cover.</summary>
public class LayerwiseTests
{
    private static readonly double[] Theta = [1, -2, 3, 0.5], Gradient = [0.3, 0.1, -2, 1];

    [Fact]
    public void The_clip_by_rms_divides_each_leaf_by_what_its_rms_is_above_the_threshold()
    {
        Optimizer clip = Clip.ByRms(0.5);
        ParameterTree<double> gradients = ParameterTree.Of(
            Leaf.Of("large", [4], [3.0, -3, 3, 3]), Leaf.Of("small", [2], [0.3, 0.4]), Leaf.Of("zero", [2], [0.0, 0]),
            Leaf.Of("nothing", [0], Array.Empty<double>()), Leaf.Of("huge", [1], [1e200]));
        ParameterTree<double> deltas = clip.Update(gradients, gradients, clip.Init(gradients)).Deltas;
        Assert.Equal([-0.5, 0.5, -0.5, -0.5], deltas.AsSpan("large").ToArray());
        Assert.Equal([-0.3, -0.4], deltas.AsSpan("small").ToArray());
        Assert.Equal([0, 0], deltas.AsSpan("zero").ToArray());
        Assert.Equal(-0.5, deltas.AsSpan("huge")[0], 1e-15);
        ParameterTree<double> spoiled = gradients.Select(_ => double.NaN);
        Assert.Equal("large", Assert.Throws<NonFiniteGradientException>(
            () => { clip.Update(gradients, spoiled, clip.Init(gradients)); }).Leaf);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fromage_bounds_the_norm_by_a_multiple_of_the_first_and_leaves_at_0_stay(bool maximize)
    {
        ParameterTree<double> parameters =
            ParameterTree.Of(
                Leaf.Of("w", [4], Theta), Leaf.Of("zero", [2], [0.0, 0]),
                Leaf.Of("nothing", [0], Array.Empty<double>()));
        double most = 1.02 * parameters.GlobalNorm();
        Fromage fromage = Fromage.Of(0.5, bound: 1.02, maximize);
        FromageState<double> state = fromage.Init(parameters);
        bool reached = false;
        for (int step = 1; step <= 30; step++)
        {
            ParameterTree<double> away = parameters.Select(theta => theta + Math.Sin(step));
            (parameters, OptimizerState<double> next) =
                ((Optimizer)fromage).Step(parameters, maximize ? away : away.Select(g => -g), state.ToState());
            state = FromageState<double>.From(next);
            Assert.InRange(parameters.GlobalNorm(), 0, most * (1 + 1e-14));
            reached |= parameters.GlobalNorm() > most * (1 - 1e-14);
            Assert.Equal([0, 0], parameters.AsSpan("zero").ToArray());
        }

        Assert.True(reached);
        Assert.Equal(most / 1.02, state.FirstNorm.AsSpan("w")[0], 1e-14);
    }

    [Fact]
    public void Fromage_without_a_gradient_shrinks_and_from_0_steps_plainly()
    {
        double growth = Math.Sqrt(1.01);
        Assert.Equal([.. Theta.Select(theta => theta / growth)], After(Fromage.Of(0.1), Theta, [0, 0, 0, 0]), Near);
        Assert.Equal(
            [.. Gradient.Select(g => -0.1 * g / growth)], After(Fromage.Of(0.1), [0, 0, 0, 0], Gradient), Near);
    }

    [Fact]
    public void Lamb_with_decoupled_decay_takes_the_ratio_of_the_decayed_parameters()
    {
        // Without moments and bias the update of Adam is the sign of the gradient.
        double[] u = [.. Gradient.Select(g => g / (Math.Abs(g) + 0.1))];
        double[] decayed = [.. Theta.Select(theta => theta * (1 - (0.2 * 0.3)))];
        double ratio = Norm(decayed) / Norm(u);
        Assert.Equal(
            [.. decayed.Zip(u, (theta, element) => theta - (0.2 * ratio * element))],
            After(Lamb.Of(0.2, 0, 0, 0.1, 0.3, decoupledDecay: true), Theta, Gradient), Near);
        Assert.Equal(
            [.. decayed.Zip(u, (theta, element) => theta - (0.2 * element))],
            After(Lamb.Of(0.2, 0, 0, 0.1, 0.3, decoupledDecay: true, trustClip: true), Theta, Gradient), Near);
    }

    [Fact]
    public void Lamb_with_corrected_decay_decays_by_the_square_of_the_rate()
    {
        Schedule rate = Schedule.LinearWarmup(0.4, 2);
        double[] u = [.. Gradient.Select(g => g / (Math.Abs(g) + 0.1))];
        double[] decayed = [.. Theta.Select(theta => theta * (1 - (0.2 * 0.2 / 0.4 * 0.3)))];
        double ratio = Norm(decayed) / Norm(u);
        Assert.Equal(
            [.. decayed.Zip(u, (theta, element) => theta - (0.2 * ratio * element))],
            After(
                Lamb.Of(rate, 0, 0, 0.1, 0.3, decoupledDecay: true, decayForm: DecayForm.Corrected), Theta, Gradient),
            Near);
        Assert.Equal(
            "Lamb: decayForm is Corrected; allowed is Scaled.",
            Assert.ThrowsAny<ArgumentException>(() => Lamb.Of(0.1, decayForm: DecayForm.Corrected)).Message);
        Optimizer stable = StableAdamW.Of(0.1) with { DecayForm = DecayForm.Cautious };
        Assert.Contains(
            "DecayForm is Cautious; allowed is Scaled",
            Assert.ThrowsAny<ArgumentException>(() => After(stable, Theta, Gradient)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Lamb_as_timms_scales_only_leaves_that_decay()
    {
        Lamb lamb = Lamb.Of(0.1, weightDecay: 0.1, decay: leaf => leaf.Name == "w", alwaysAdapt: false);
        Optimizer grouped = lamb.WithGroups(LeafGroup.Of("no decay", _ => true, weightDecayMultiplier: 0));
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("w", [4], Theta), Leaf.Of("b", [4], Theta)),
            gradients = ParameterTree.Of(Leaf.Of("w", [4], Gradient), Leaf.Of("b", [4], Gradient));
        ParameterTree<double> moved = ((Optimizer)lamb).Step(parameters, gradients, lamb.Init(parameters).ToState())
            .Parameters;
        Assert.Equal(
            After(Lamb.Of(0.1, weightDecay: 0.1), Theta, Gradient), moved.AsSpan("w").ToArray(), Near);
        double[] plain = After(AdamW.Of(0.1, epsilon: 1e-6, weightDecay: 0), Theta, Gradient);
        Assert.Equal(plain, moved.AsSpan("b").ToArray(), Near);
        Assert.Equal(
            plain, grouped.Step(parameters, gradients, grouped.Init(parameters)).Parameters.AsSpan("w").ToArray(),
            Near);
    }

    [Fact]
    public void Lamb_clips_the_gradient_of_all_leaves_first_and_sums_gradients_without_averaging()
    {
        Assert.Equal(
            After(Clip.ByGlobalNorm(0.5).Then(Lamb.Of(0.1)), Theta, Gradient),
            After(Lamb.Of(0.1, maxGradientNorm: 0.5), Theta, Gradient));
        double[] sums = [.. Gradient.Select(g => g / Math.Sqrt(0.001) / Math.Abs(g))];
        double[] expected = [.. Theta.Zip(sums, (theta, u) => theta - (0.1 * u * Norm(Theta) / Norm(sums)))];
        Assert.Equal(
            expected,
            After(
                Lamb.Of(
                    0.1, epsilon: 0, weightDecay: 0, biasCorrection: false, gradientAveraging: false), Theta, Gradient),
            Near);
    }

    [Fact]
    public void Novograd_by_the_largest_mean_does_not_let_the_divisor_fall()
    {
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [2], [0.0, 0]));
        NovoGrad novoGrad = NovoGrad.Of(1, 0, 0.5, 0, amsGrad: true);
        NovoGradState<double> state = novoGrad.Init(parameters);
        foreach ((double g, double largest) in ((double, double)[])[(3, 18), (1, 18), (5, 30), (0.5, 30)])
        {
            ParameterTree<double> gradients = ParameterTree.Of(Leaf.Of("x", [2], [g, -g]));
            (ParameterTree<double> deltas, OptimizerState<double> next) =
                ((Optimizer)novoGrad).Update(parameters, gradients, state.ToState());
            state = NovoGradState<double>.From(next);
            Assert.Equal(largest, state.MaximumV.AsSpan("x")[0], 1e-12);
            Assert.Equal(-g / Math.Sqrt(largest), deltas.AsSpan("x")[0], 1e-12);
        }

        Assert.True(NovoGradState<double>.From(
            NovoGrad.Of(1).Init(parameters).ToState()).MaximumV.IsDefault);
    }

    /// <summary>
    /// Grouped code of kozistr takes the v of the step before, which is 0 at the first: there RMS is then |g|/ε.
    /// </summary>
    [Fact]
    public void Stable_adamw_clips_by_the_new_second_moment_not_by_the_old_one_as_kozistrs_grouped_code()
    {
        StableAdamW optimizer = StableAdamW.Of(0.1, 0, 0.9, 0, weightDecay: 0);
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [1], [0.0]));
        OptimizerState<double> state = optimizer.Init(parameters).ToState();
        (ParameterTree<double> deltas, state) = ((Optimizer)optimizer).Update(parameters, One(1), state);
        Assert.Equal(-0.1, deltas.AsSpan("x")[0], 1e-15);
        // v is (0.9·0.1·1 + 0.1·100) / (1 − 0.81), and the root mean square 10 / √v.
        (deltas, _) = ((Optimizer)optimizer).Update(parameters, One(10), state);
        double v = ((0.9 * 0.1) + (0.1 * 100)) / (1 - 0.81), rms = 10 / Math.Sqrt(v);
        Assert.True(rms > 1);
        Assert.Equal(-0.1 / rms * 10 / Math.Sqrt(v), deltas.AsSpan("x")[0], 1e-14);

        static ParameterTree<double> One(double g) => ParameterTree.Of(Leaf.Of("x", [1], [g]));
    }

    [Fact]
    public void The_decay_of_stable_adamw_goes_by_the_clipped_rate_and_is_divided_by_the_largest()
    {
        double[] theta = [2], u = [1];
        Assert.Equal(
            [2 - (0.1 * (1 + (0.3 * 2)))], After(StableAdamW.Of(0.1, epsilon: 0, weightDecay: 0.3), theta, u), Near);
        Assert.Equal(
            [2 - (0.1 * (1 + (0.3 / 0.4 * 2)))],
            After(StableAdamW.Of(0.1, epsilon: 0, weightDecay: 0.3, maxRate: 0.4), theta, u), Near);
    }

    [Fact]
    public void Gradients_of_any_size_make_finite_steps()
    {
        foreach (Optimizer optimizer in (Optimizer[])[Fromage.Of(0.1, bound: 2), StableAdamW.Of(0.1), Hyperball.Of(0.1),
            Lamb.Of(0.1, maxGradientNorm: 1), NovoGrad.Of(0.1, amsGrad: true), Clip.ByRms(), GrokFast.Ema(),
            GrokFast.Window(2), Adam.Scaling().Then(Cautious.Of())])
        {
            foreach (float scale in (float[])[1e30f, 1e-30f, 1e-44f, 0])
            {
                ParameterTree<float> parameters =
                    ParameterTree.Of(Leaf.Of("x", [2, 2], [1f, -2, 3, 0.5f]), Leaf.Of("zero", [2, 1], [0f, 0]));
                ParameterTree<float> gradients = ParameterTree.Of(
                    Leaf.Of("x", [2, 2], [scale, -scale, 0, scale]), Leaf.Of("zero", [2, 1], [scale, 0]));
                OptimizerState<float> state = optimizer.Init(parameters);
                for (int step = 1; step <= 3; step++)
                    (parameters, state) = optimizer.Step(parameters, gradients, state);
                Assert.True(parameters.FirstNonFiniteLeaf() is null, $"{optimizer} with {scale}");
            }
        }
    }

    private static bool Near(double expected, double actual) => Math.Abs(expected - actual) <= 1e-13;

    private static double[] After(Optimizer optimizer, double[] theta, double[] gradient)
    {
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("x", [theta.Length], theta));
        return optimizer.Step(
            parameters, ParameterTree.Of(Leaf.Of("x", [theta.Length], gradient)), optimizer.Init(parameters))
            .Parameters.AsSpan("x").ToArray();
    }

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(value => value * value));
}
