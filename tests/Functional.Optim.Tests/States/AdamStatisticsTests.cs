using FsCheck.Xunit;
using Functional.Optim.Kernels;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Kernels;
using Functional.Optim.Tests.Laws;

namespace Functional.Optim.Tests.States;

[Collection(ThreadLimit.Name)]
public class AdamStatisticsTests
{
    private static readonly ParameterTree<double> Parameters = Tree(0, 0);

    [Fact]
    public void A_leaf_that_was_added_later_has_the_rate_of_its_update()
    {
        AdamW adamw = AdamW.Of(0.01, weightDecay: 0);
        ParameterTree<float> Ones(params string[] names) =>
            ParameterTree.Of([.. names.Select(name => Leaf.Of(name, [1], [1f]))]);
        (ParameterTree<float> parameters, OptimizerState<float> state) =
            (Ones("a"), ((Optimizer)adamw).Init(Ones("a")));
        for (int step = 0; step < 100; step++)
            (parameters, state) = ((Optimizer)adamw).Step(parameters, Ones("a"), state);
        state = adamw.Continue(state, Ones("a", "b")).State;
        (_, state) = ((Optimizer)adamw).Step(Ones("a", "b"), Ones("a", "b"), state);
        Assert.Equal(
            0.01, adamw.Statistics(AdamState<float>.From(state), leaf => leaf.Name == "b").EffectiveRateMean, 1e-6);
    }

    [Fact]
    public void The_statistics_of_two_steps_are_those_computed_by_hand()
    {
        Adam adam = Adam.Of(Schedule.LinearWarmup(0.8, 2), beta1: 0.5, beta2: 0.75, epsilon: 0);
        AdamState<double> state = After(adam, Tree(1, 2));
        Agree(new(Step: 1, Math.Sqrt(1.25), Math.Sqrt(17) / 4, (0.4 + 0.2) / 2, 0.1), adam.Statistics(state));

        // m = (0.25, 1.5); v = (0.1875, 1.75); divided by 1 − 0.75² = 0.4375 it is (3/7, 4); η(2) = 0.8.
        (_, state) = adam.Step(Parameters, Tree(0, 2), state);
        double first = 0.8 / Math.Sqrt(3 / 7.0), second = 0.8 / 2;
        Agree(
            new(
                Step: 2,
                Math.Sqrt(0.0625 + 2.25),
                double.Hypot(0.1875, 1.75),
                (first + second) / 2,
                (first - second) / 2),
            adam.Statistics(state));
    }

    [Fact]
    public void A_small_and_a_large_gradient_have_the_effective_rates_an_eighth_and_a_twenty_thousandth()
    {
        // 0.01·(a − 5)² + 100·(b − 2)² at (1, 1).
        AdamW adamw = AdamW.Of(0.01);
        AdamState<double> state = After(adamw, Tree(-0.08, -200));
        AdamStatistics small = adamw.Statistics(state, leaf => leaf.Name == "a");
        AdamStatistics large = adamw.Statistics(state, leaf => leaf.Name == "b");
        Assert.Equal(0.125, small.EffectiveRateMean, 1e-7);
        Assert.Equal(0.00005, large.EffectiveRateMean, 1e-14);
        Assert.Equal((0, 0), (small.EffectiveRateDeviation, large.EffectiveRateDeviation));
    }

    [Fact]
    public void Two_learning_rates_multiply_and_the_multiplier_of_a_group_counts_once()
    {
        Optimizer two = Adam.Of(0.1)
            .Then(LearningRate.Of(0.5))
            .WithGroups(LeafGroup.Of("half", _ => true, learningRateMultiplier: 0.5));
        AdamState<double> state = After(Adam.Of(0.1), Tree(1, 2));
        Agree(Adam.Of(0.025).Statistics(state), AdamStatistics.Of(two, state));
    }

    [Fact]
    public void Before_the_first_update_and_without_leaves_every_statistic_is_zero()
    {
        foreach (double epsilon in (double[])[0, 1e-8])
        {
            Adam adam = Adam.Of(0.1, epsilon: epsilon);
            Assert.Equal(default, adam.Statistics(adam.Init(Parameters)));
            Assert.Equal(new AdamStatistics(Step: 1, 0, 0, 0, 0), adam.Statistics(After(adam, Tree(1, 2)), _ => false));
            Assert.Equal(
                new AdamStatistics(Step: 1, 0, 0, 0, 0),
                Adam.Of(0, epsilon: epsilon).Statistics(After(adam, Tree(0, 0))));
        }
    }

    [Fact]
    public void A_parameter_without_gradient_has_the_rate_over_epsilon_and_none_is_not_a_number()
    {
        Assert.Equal(0.1 / 1e-8, Adam.Of(0.1).Statistics(After(Adam.Of(0.1), Tree(0, 0))).EffectiveRateMean, 1e-6);
        Adam bare = Adam.Of(0.1, epsilon: 0);
        AdamStatistics infinite = bare.Statistics(After(bare, Tree(1, 0)));
        Assert.Equal(
            (double.PositiveInfinity, double.PositiveInfinity),
            (infinite.EffectiveRateMean, infinite.EffectiveRateDeviation));
    }

    [Fact]
    public void Frozen_leaves_do_not_count_and_multipliers_do()
    {
        Adam adam = Adam.Of(0.1, epsilon: 0)
            .WithGroups(LeafGroup.Of("half", leaf => leaf.Name == "a", learningRateMultiplier: 0.5));
        AdamState<double> state = After(adam, Tree(1, 1));
        Assert.Equal(0.075, adam.Statistics(state).EffectiveRateMean, 1e-15);
        Assert.Equal(0.025, adam.Statistics(state).EffectiveRateDeviation, 1e-15);
        Adam frozen = adam.WithGroups(LeafGroup.Frozen("frozen", leaf => leaf.Name == "a"));
        Assert.Equal(0.1, frozen.Statistics(state).EffectiveRateMean, 1e-15);
        Assert.Equal(0.1, frozen.Statistics(state).FirstMomentNorm, 1e-15);
        Adam still = Adam.Of(0.1)
            .WithGroups(LeafGroup.Of("still", leaf => leaf.Name == "a", learningRateMultiplier: 0));
        AdamStatistics half = still.Statistics(After(still, Tree(0, 1)));
        Assert.Equal(half.EffectiveRateDeviation, half.EffectiveRateMean, 1e-9);
        Assert.Equal(0.05, half.EffectiveRateMean, 1e-9);
    }

    [Fact]
    public void Without_bias_correction_the_rate_is_that_of_the_second_moment_as_it_is()
    {
        Adam adam = Adam.Of(0.1, beta2: 0.75, epsilon: 0, biasCorrection: false);
        Assert.Equal(0.2, adam.Statistics(After(adam, Tree(1, 1))).EffectiveRateMean, 1e-15);
    }

    [Fact]
    public void A_composition_has_the_statistics_of_its_only_Adam()
    {
        AdamW adamw = AdamW.Of(0.1, epsilon: 0);
        Optimizer chain = Momentum.Of(0.9).Then(adamw).Then(LearningRate.Of(Schedule.LinearWarmup(1, 4)));
        (_, OptimizerState<double> state) = chain.Step(Parameters, Tree(1, 2), chain.Init(Parameters));
        (long step, double m, double v, double mean, double deviation) = adamw.Statistics(After(adamw, Tree(1, 2)));
        AdamState<double> inner = AdamState<double>.From(state);
        Assert.Equal(new(step, m, v, 0.25 * mean, 0.25 * deviation), AdamStatistics.Of(chain, inner));
        Assert.Contains(
            "sgd(learningRate=0.1)", ErrorOf(() => AdamStatistics.Of(Sgd.Of(0.1), inner)), StringComparison.Ordinal);
        Assert.Contains("has 2 Adam parts", ErrorOf(() => AdamStatistics.Of(chain.Then(Adam.Scaling()), inner)),
            StringComparison.Ordinal);
    }

    [Property]
    public void The_mean_and_the_deviation_are_those_of_a_plain_sum(Problem problem)
    {
        Adam adam = Adam.Of(0.01);
        ParameterTree<float> parameters = problem.Parameters<float>();
        AdamState<float> state = adam.Init(parameters);
        (_, state) = adam.Step(parameters, problem.Gradients<float>(1), state);
        double[] rates = [.. state.V.Layout.Leaves.SelectMany(leaf => state.V.AsSpan(leaf).ToArray())
            .Select(v => 0.01 / (Math.Sqrt(v / BiasCorrection.Factor(0.999, 1)) + 1e-8))];
        double mean = rates.DefaultIfEmpty(0).Average();
        double deviation = Math.Sqrt(rates.Select(rate => (rate - mean) * (rate - mean)).DefaultIfEmpty(0).Average());
        AdamStatistics statistics = adam.Statistics(state);
        Assert.Equal(mean, statistics.EffectiveRateMean, 1e-12 * mean);
        Assert.Equal(deviation, statistics.EffectiveRateDeviation, 1e-12 * mean);
        Assert.Equal(state.M.GlobalNorm(), statistics.FirstMomentNorm, 1e-12 * state.M.GlobalNorm());
    }

    [Fact]
    public void Threads_do_not_change_a_bit_and_a_large_model_costs_no_memory()
    {
        Adam adam = Adam.Of(0.01);
        const int length = 300_001;
        float[] data = [.. Enumerable.Range(0, length).Select(index => MathF.Sin(index))];
        ParameterTree<float> tree = ParameterTree.Of(Leaf.Of("w", [length], data));
        (_, AdamState<float> state) = adam.Step(tree, tree, adam.Init(tree));
        AdamStatistics four = ThreadLimit.With(4, () => adam.Statistics(state));
        (AdamStatistics one, long bytes) = ThreadLimit.With(1, () =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            return (adam.Statistics(state), GC.GetAllocatedBytesForCurrentThread() - before);
        });
        Assert.Equal(one, four);
        Assert.InRange(bytes, 0, length / 16);
    }

    private static ParameterTree<double> Tree(double a, double b) =>
        ParameterTree.Of(Leaf.Of("a", [1], [a]), Leaf.Of("b", [], [b]));

    private static AdamState<double> After(Optimizer optimizer, ParameterTree<double> gradients) =>
        optimizer.Step(Parameters, gradients, AdamState<double>.From(optimizer.Init(Parameters))).State;

    private static string ErrorOf(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

    private static void Agree(AdamStatistics expected, AdamStatistics actual)
    {
        Assert.Equal(expected.Step, actual.Step);
        Assert.Equal(expected.FirstMomentNorm, actual.FirstMomentNorm, 1e-15);
        Assert.Equal(expected.SecondMomentNorm, actual.SecondMomentNorm, 1e-15);
        Assert.Equal(expected.EffectiveRateMean, actual.EffectiveRateMean, 1e-15);
        Assert.Equal(expected.EffectiveRateDeviation, actual.EffectiveRateDeviation, 1e-15);
    }
}
