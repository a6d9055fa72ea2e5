namespace Functional.Optim.Tests.Transforms;

using Trees = Functional.Optim.Tests.Laws.Trees;

public class AveragingTests
{
    [Fact]
    public void The_mean_of_a_constant_update_is_that_update_and_without_correction_a_fraction_of_it()
    {
        ParameterTree<double> gradients = Trees.Random<double>(1);
        Ema corrected = Ema.Of(0.9), plain = Ema.Of(0.9, biasCorrection: false), ahead = Ema.Of(0.9, nesterov: true);
        (OptimizerState<double> one, OptimizerState<double> other) = (corrected.Init(gradients), plain.Init(gradients));
        OptimizerState<double> further = ahead.Init(gradients);
        for (int t = 1; t <= 10; t++)
        {
            (ParameterTree<double> deltas, one) = corrected.Update(gradients, gradients, one);
            (ParameterTree<double> uncorrected, other) = plain.Update(gradients, gradients, other);
            (ParameterTree<double> next, further) = ahead.Update(gradients, gradients, further);
            for (int index = 0; index < gradients.AsSpan().Length; index++)
            {
                Assert.Equal(-gradients.AsSpan()[index], deltas.AsSpan()[index], 1e-13);
                Assert.Equal(-gradients.AsSpan()[index], next.AsSpan()[index], 1e-13);
                Assert.Equal(-gradients.AsSpan()[index] * (1 - Math.Pow(0.9, t)), uncorrected.AsSpan()[index], 1e-13);
            }
        }
    }

    [Theory]
    [InlineData(0.1, 0.5)]
    [InlineData(10, 0.5)]
    [InlineData(10, 0)]
    [InlineData(1e8, 0)]
    public void Lookahead_puts_the_fast_parameters_to_the_slow_ones_in_every_bit(double scale, double alpha)
    {
        Optimizer[] ends =
        [
            LearningRate.Of(1).Then(Lookahead.Of(every: 3, alpha: alpha)),
            Clip.ByGlobalNorm(1e9).Then(Partition.Of(
                new("some", leaf => leaf.Index % 2 == 0, Adam.Of(1).Then(Lookahead.Of(every: 3, alpha: alpha))),
                new("others", _ => true, LearningRate.Of(1).Then(Lookahead.Of(every: 3, alpha: alpha))))),
        ];
        foreach (Optimizer optimizer in ends)
        {
            ParameterTree<float> parameters = Trees.Random<float>(0);
            OptimizerState<float> state = optimizer.Init(parameters), last = state;
            ParameterTree<float> before = parameters;
            for (int step = 1; step <= 3; step++)
            {
                (before, last) = (parameters, state);
                (parameters, state) = optimizer.Step(parameters, Trees.Random<float>(step, scale), state);
                if (step < 3) Assert.NotEqual(before, parameters);
            }

            foreach (Leaf leaf in parameters.Layout.Leaves)
            {
                ParameterTree<float> slow = state[state.SlotCount == 1 ? 0 : leaf.Index % 2 == 1 ? 3 : 2];
                Assert.Equal(slow.AsSpan(leaf.Name), parameters.AsSpan(leaf));
            }

            ParameterTree<float> added = before.Plus(
                optimizer.Update(before, Trees.Random<float>(3, scale), last).Deltas);
            for (int index = 0; index < added.AsSpan().Length; index++)
                Assert.Equal(
                    parameters.AsSpan()[index], added.AsSpan()[index], 1e-6f * (1 + Math.Abs(before.AsSpan()[index])));
        }
    }

    [Fact]
    public void Lookahead_before_another_transform_passes_on_an_update()
    {
        Optimizer ahead = Lookahead.Of(every: 1, alpha: 1), halved = ahead.Then(Scale.By(0.5));
        ParameterTree<double> parameters = Trees.Random<double>(0), gradients = Trees.Random<double>(1);
        ParameterTree<double> moved = halved.Step(parameters, gradients, halved.Init(parameters)).Parameters;
        for (int index = 0; index < moved.AsSpan().Length; index++)
            Assert.Equal(parameters.AsSpan()[index] - (0.5 * gradients.AsSpan()[index]), moved.AsSpan()[index], 1e-14);
    }

    [Fact]
    public void Lookahead_draws_slow_parameters_and_puts_the_fast_ones_back_to_them()
    {
        Optimizer inner = Sgd.Of(0.1, momentum: 0.9), ahead = inner.Then(Lookahead.Of(every: 3, alpha: 0.4));
        ParameterTree<double> parameters = Trees.Random<double>(0);
        OptimizerState<double> state = ahead.Init(parameters);
        Assert.Equal(parameters, state["slow"]);
        double[] fast = parameters.AsSpan().ToArray(), slow = [.. fast], momentum = new double[fast.Length];
        for (int t = 1; t <= 7; t++)
        {
            ParameterTree<double> gradients = Trees.Random<double>(t);
            (parameters, state) = ahead.Step(parameters, gradients, state);
            for (int index = 0; index < fast.Length; index++)
            {
                momentum[index] = (t == 1 ? 0 : 0.9 * momentum[index]) + gradients.AsSpan()[index];
                fast[index] -= 0.1 * momentum[index];
                if (t % 3 == 0) fast[index] = slow[index] += 0.4 * (fast[index] - slow[index]);
                Assert.Equal(fast[index], parameters.AsSpan()[index], 1e-12);
            }
        }
    }
}
