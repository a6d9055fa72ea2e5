using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.States;

public class EffectiveRatesTests
{
    private static readonly ParameterTree<double> Parameters = Tree(0, 0);

    public static TheoryData<AmsGrad, bool> Forms => new()
    {
        { AmsGrad.Off, true }, { AmsGrad.Off, false },
        { AmsGrad.OfMoment, true }, { AmsGrad.OfCorrectedMoment, true },
    };

    /// <summary>θ' − θ = −rate · m̂.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void An_update_is_the_corrected_mean_times_the_rate(AmsGrad amsGrad, bool biasCorrection)
    {
        Adam adam = Adam.Of(
            Schedule.LinearWarmup(0.1, 3), beta2: 0.9, epsilon: 0.01, biasCorrection: biasCorrection, amsGrad: amsGrad);
        (ParameterTree<double> before, AdamState<double> state) = (Parameters, adam.Init(Parameters));
        foreach (int step in (int[])[1, 2, 3, 4, 5])
        {
            (ParameterTree<double> after, state) = adam.Step(before, Tree(3.0 / step, step % 2 == 0 ? 5 : -1), state);
            ParameterTree<double> rates = EffectiveRates.Of(adam, state);
            double correction = biasCorrection ? BiasCorrection.Factor(0.9, step) : 1;
            foreach (Leaf leaf in rates.Layout.Leaves)
            {
                double mean = state.M.AsSpan(leaf)[0] / correction;
                Assert.Equal(
                    before.AsSpan(leaf)[0] - after.AsSpan(leaf)[0], rates.AsSpan(leaf)[0] * mean, 1e-12);
            }

            before = after;
        }
    }

    [Fact]
    public void The_rates_of_the_source_text_are_an_eighth_and_a_twenty_thousandth()
    {
        // 0.01·(a − 5)² + 100·(b − 2)² at (1, 1).
        AdamW adamw = AdamW.Of(0.01);
        (_, AdamState<double> state) = adamw.Step(Parameters, Tree(-0.08, -200), adamw.Init(Parameters));
        ParameterTree<double> rates = EffectiveRates.Of(adamw, state);
        Assert.Equal(0.125, rates.AsSpan("a")[0], 1e-7);
        Assert.Equal(0.00005, rates.AsSpan("b")[0], 1e-14);
        AdamStatistics statistics = adamw.Statistics(state);
        Assert.Equal((0.125 + 0.00005) / 2, statistics.EffectiveRateMean, 1e-7);
    }

    [Fact]
    public void Frozen_leaves_and_those_before_their_first_update_have_the_rate_0_and_multipliers_count()
    {
        AdamW plain = AdamW.Of(0.1, epsilon: 0);
        Assert.Equal(Tree(0, 0), EffectiveRates.Of(plain, plain.Init(Parameters)));
        Optimizer half = plain.WithGroups(
            LeafGroup.Of("half", leaf => leaf.Name == "a", learningRateMultiplier: 0.5),
            LeafGroup.Frozen("frozen", leaf => leaf.Name == "b"));
        (_, OptimizerState<double> state) = half.Step(Parameters, Tree(1, 1), half.Init(Parameters));
        ParameterTree<double> rates = EffectiveRates.Of(half, AdamState<double>.From(state), Parameters.Layout);
        Assert.Equal((0.05, 0), (rates.AsSpan("a")[0], rates.AsSpan("b")[0]));

        // A leaf that is unfrozen has no rate until its own first update, which is corrected as a first one.
        state = ((Optimizer)plain).Continue(state, Parameters).State;
        rates = EffectiveRates.Of(plain, AdamState<double>.From(state));
        Assert.Equal((0.1, 0), (rates.AsSpan("a")[0], rates.AsSpan("b")[0]));
        Assert.Equal(0.05, plain.Statistics(AdamState<double>.From(state)).EffectiveRateMean, 1e-15);
        (_, state) = ((Optimizer)plain).Step(Parameters, Tree(1, 4), state);
        Assert.Equal(0.1 / 4, EffectiveRates.Of(plain, AdamState<double>.From(state)).AsSpan("b")[0], 1e-15);
    }

    [Fact]
    public void A_parameter_without_gradient_has_the_rate_over_epsilon()
    {
        Adam bare = Adam.Of(0.1, epsilon: 0);
        (_, AdamState<double> state) = bare.Step(Parameters, Tree(1, 0), bare.Init(Parameters));
        Assert.Equal(double.PositiveInfinity, EffectiveRates.Of(bare, state).AsSpan("b")[0]);
        Assert.Throws<ArgumentException>(() => EffectiveRates.Of(Sgd.Of(0.1), state));
    }

    private static ParameterTree<double> Tree(double a, double b) =>
        ParameterTree.Of(Leaf.Of("a", [1], [a]), Leaf.Of("b", [], [b]));
}
