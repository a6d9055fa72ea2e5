namespace Functional.Optim.Tests.Transforms;

using Trees = Functional.Optim.Tests.Laws.Trees;

public class AveragingTests
{
    [Fact]
    public void The_mean_of_a_constant_update_is_that_update_and_without_correction_a_part_of_it()
    {
        ParameterTree<double> gradients = Trees.Random<double>(1);
        Ema corrected = Ema.Of(0.9), plain = Ema.Of(0.9, biasCorrection: false);
        (OptimizerState<double> one, OptimizerState<double> other) = (corrected.Init(gradients), plain.Init(gradients));
        for (int t = 1; t <= 10; t++)
        {
            (ParameterTree<double> deltas, one) = corrected.Update(gradients, gradients, one);
            (ParameterTree<double> uncorrected, other) = plain.Update(gradients, gradients, other);
            for (int index = 0; index < gradients.AsSpan().Length; index++)
            {
                Assert.Equal(-gradients.AsSpan()[index], deltas.AsSpan()[index], 1e-13);
                Assert.Equal(-gradients.AsSpan()[index] * (1 - Math.Pow(0.9, t)), uncorrected.AsSpan()[index], 1e-13);
            }
        }
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
