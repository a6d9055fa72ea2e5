using Functional.Optim.Laws;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Wrappers;

using Trees = Functional.Optim.Tests.Laws.Trees;

public class AccumulateTests
{
    private static readonly Optimizer Inner = Clip.ByGlobalNorm(1).Then(AdamW.Of(0.01));

    [Fact]
    public void Every_k_gradients_make_the_update_of_their_mean_and_nothing_moves_between()
    {
        Accumulate optimizer = Accumulate.Of(3, Inner);
        ParameterTree<double> parameters = Trees.Random<double>(0), expected = parameters;
        OptimizerState<double> state = optimizer.Init(parameters), inner = Inner.Init(parameters);
        for (int update = 0; update < 3; update++)
        {
            GradientAccumulator<double> mean = GradientAccumulator<double>.Of(parameters.Layout);
            for (int part = 0; part < 3; part++)
            {
                ParameterTree<double> before = parameters, gradients = Trees.Random<double>((10 * update) + part);
                mean = mean.Add(gradients, weight: 2);
                (parameters, state) = optimizer.Step(parameters, gradients, state);
                Assert.Equal(part < 2, before == parameters);
                Assert.Equal((part + 1) % 3, state.Counters.Accumulated);
            }

            (expected, inner) = Inner.Step(expected, mean.Mean(), inner);
            Assert.Equal(update + 1, state.Step);
            AssertNear(expected, parameters);
        }

        Assert.Equal(new UpdateCounters(SkippedUpdates: 6), state.Counters);
        Assert.Equal("m, v, gathered", string.Join(", ", state.SlotNames));
    }

    [Fact]
    public void The_update_of_k_batches_is_that_of_one_batch_k_times_as_large()
    {
        Accumulate optimizer = Accumulate.Of(4, Inner);
        ParameterTree<double> parameters = Regression.Start, expected = parameters;
        OptimizerState<double> state = optimizer.Init(parameters), inner = Inner.Init(parameters);
        for (int update = 0; update < 3; update++)
        {
            int first = 20 * update;
            for (int part = 0; part < 4; part++)
                (parameters, state) = optimizer.Step(
                    parameters, Regression.Gradients(expected, first + (5 * part), 5), state);
            (expected, inner) = Inner.Step(expected, Regression.Gradients(expected, first, 20), inner);
            AssertNear(expected, parameters);
        }
    }

    [Fact]
    public void The_mean_weighted_by_examples_is_the_gradient_of_all_of_them_in_one_batch()
    {
        int[] sizes = [1, 7, 0, 3, 12];
        GradientAccumulator<double> mean = GradientAccumulator<double>.Of(Regression.Start.Layout);
        int first = 0;
        foreach (int size in sizes)
        {
            // The mean over no examples is NaN.
            mean = mean.Add(Regression.Gradients(Regression.Start, first, size), weight: size);
            first += size;
        }

        Assert.Equal((23, 5), (mean.Weight, mean.Count));
        AssertNear(Regression.Gradients(Regression.Start, 0, first), mean.Mean());
    }

    [Fact]
    public void Donating_gives_the_same_bits_and_allocates_nothing()
    {
        Accumulate optimizer = Accumulate.Of(2, Inner);
        ParameterTree<float> pure = Trees.Random<float>(0), parameters = Trees.Random<float>(0);
        (OptimizerState<float> pureState, OptimizerState<float> state) =
            (optimizer.Init(pure), optimizer.Init(parameters));
        for (int step = 1; step <= 20; step++)
        {
            ParameterTree<float> gradients = Trees.Random<float>(step);
            (pure, pureState) = optimizer.Step(pure, gradients, pureState);
            (parameters, state) = optimizer.StepDonating(parameters, gradients.Copy(), state);
            Assert.Equal((pure, pureState), (parameters, state));
        }

        Assert.Equal(
            0, SteadyAllocation.Of(_ => (parameters, state) = optimizer.StepDonating(parameters, pure.Copy(), state)));
    }

    [Fact]
    public void A_run_saved_between_two_updates_continues_with_the_same_bits_and_batches()
    {
        Accumulate optimizer = Accumulate.Of(3, Inner);
        string path = Path.GetTempFileName();
        TrainState<float> straight = TrainState.Init(optimizer, Trees.Random<float>(0));
        for (int step = 1; step <= 8; step++)
        {
            Assert.Equal(step - 1, straight.Step);
            (straight, _) = TrainStep.Run<float, int>(
                optimizer, (_, batch, _) => (0, Trees.Random<float>(batch)), straight, step);
            if (step == 4) CheckpointFile.Save<float>(new(straight), path);
        }

        TrainState<float> resumed = CheckpointFile.Load<float>(path).ThrowIfFail().State;
        File.Delete(path);
        Assert.Equal(4, resumed.Step);
        for (int step = 5; step <= 8; step++)
            (resumed, _) = TrainStep.Run<float, int>(
                optimizer, (_, batch, _) => (0, Trees.Random<float>(batch)), resumed, step);
        Assert.Equal(straight, resumed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void A_run_continues_with_another_k_and_the_mean_of_all_accumulated_gradients(long after)
    {
        Optimizer four = Accumulate.Of(4, Sgd.Of(1)), other = Accumulate.Of(after, Sgd.Of(1));
        ParameterTree<double> start = Trees.Random<double>(0), at = start;
        OptimizerState<double> state = four.Init(at);
        GradientAccumulator<double> mean = GradientAccumulator<double>.Of(start.Layout);
        int step = 0;
        while (step < 3) Next(four);
        while (state.Step == 0) Next(other);
        Assert.Equal(Math.Max(4, after), step);
        AssertNear(Sgd.Of(1).Step(start, mean.Mean(), Sgd.Of(1).Init(start)).Parameters, at);

        void Next(Optimizer optimizer)
        {
            ParameterTree<double> gradients = Trees.Random<double>(++step);
            mean = mean.Add(gradients);
            (at, state) = optimizer.Step(at, gradients, state);
        }
    }

    [Fact]
    public void The_mean_of_gradients_at_the_ends_of_the_range_is_finite()
    {
        Optimizer optimizer = Accumulate.Of(4, Sgd.Of(1));
        ParameterTree<float> at = ParameterTree.Of(Leaf.Of("w", [2], [0f, 0f]));
        OptimizerState<float> state = optimizer.Init(at);
        for (int step = 1; step <= 4; step++)
        {
            float end = step % 2 == 0 ? float.MinValue : float.MaxValue;
            (at, state) = optimizer.Step(at, ParameterTree.Of(Leaf.Of("w", [2], [end, float.MaxValue])), state);
        }

        Assert.Equal(0, at.AsSpan("w")[0] / float.MaxValue, 1e-6);
        Assert.Equal(-1, at.AsSpan("w")[1] / float.MaxValue, 1e-6);
    }

    [Fact]
    public void Weights_count_and_none_is_an_error()
    {
        ParameterTree<double> one = ParameterTree.Of(Leaf.Of("w", [1], [1.0]));
        ParameterTree<double> four = ParameterTree.Of(Leaf.Of("w", [1], [4.0]));
        GradientAccumulator<double> none = GradientAccumulator<double>.Of(one.Layout);
        Assert.Equal(3.25, none.Add(one, 1).Add(four, 3).Mean().AsSpan("w")[0], 1e-15);
        Assert.Throws<InvalidOperationException>(() => none.Mean());
        Assert.Throws<InvalidOperationException>(() => none.Add(one, 0).Mean());
        Assert.ThrowsAny<ArgumentException>(() => none.Add(one, -1));
        Assert.ThrowsAny<ArgumentException>(() => none.Add(one, double.NaN));
        Assert.ThrowsAny<ArgumentException>(() => none.Add(Trees.Random<double>(0), 0));
    }

    [Fact]
    public void Two_wrappers_of_a_kind_are_rejected_at_any_depth()
    {
        Optimizer both = ApplyIfFinite.Around(Accumulate.Of(2, Inner));
        Assert.Contains(
            "allowed is an optimizer without another Accumulate inside",
            ErrorOf(() => Accumulate.Of(3, both)),
            StringComparison.Ordinal);
        Assert.Contains(
            "allowed is an optimizer without another ApplyIfFinite inside",
            ErrorOf(() => ApplyIfFinite.Around(both)),
            StringComparison.Ordinal);
        Assert.Contains(
            "allowed is an optimizer without another Accumulate inside",
            Optim.Catalogue.Transforms.Build(
                "accumulate(every=2, inner=accumulate(every=3, inner=sgd(learningRate=0.1)))")
                .Match(Succ: optimizer => optimizer.ToString(), Fail: errors => errors[0].Message),
            StringComparison.Ordinal);

        static string ErrorOf(Action make) => Assert.ThrowsAny<ArgumentException>(make).Message;
    }

    [Fact]
    public void Wrappers_are_outermost_and_carry_the_groups_of_the_inner_optimizer()
    {
        Accumulate optimizer = Accumulate.Of(2, Inner);
        Assert.ThrowsAny<ArgumentException>(() => optimizer.Then(Scale.By(2)));
        Assert.ThrowsAny<ArgumentException>(() => Scale.By(2).Then(optimizer));
        Assert.ThrowsAny<ArgumentException>(() => Accumulate.Of(0, Inner));
        Optimizer frozen = optimizer.WithGroups(LeafGroup.Frozen("all", _ => true));
        Assert.Equal("all", frozen.Report(Trees.Random<float>(0).Layout).Rows[0].Group);
        ParameterTree<float> parameters = Trees.Random<float>(0);
        OptimizerState<float> state = frozen.Init(parameters);
        (ParameterTree<float> moved, state) = frozen.Step(parameters, Trees.Random<float>(1), state);
        (moved, state) = frozen.Step(moved, Trees.Random<float>(2), state);
        Assert.Equal(1, state.Step);
        Assert.Equal(parameters, moved);
    }

    private static void AssertNear(ParameterTree<double> expected, ParameterTree<double> actual)
    {
        for (int index = 0; index < expected.AsSpan().Length; index++)
            Assert.Equal(expected.AsSpan()[index], actual.AsSpan()[index], 1e-12);
    }

    /// <summary>
    /// A linear regression on examples that are functions of their index; the
    /// loss is the batch mean of ½(w·x + b − y)².
    /// </summary>
    private static class Regression
    {
        internal static ParameterTree<double> Start { get; } = ParameterTree.Of(
            Leaf.Of("w", [3], [0.3, -0.2, 0.1]), Leaf.Of("b", [1], [0.5]));

        internal static ParameterTree<double> Gradients(ParameterTree<double> at, int first, int count)
        {
            ReadOnlySpan<double> w = at.AsSpan("w");
            double[] slopes = new double[3];
            double intercept = 0;
            for (int example = first; example < first + count; example++)
            {
                double[] x = [Math.Sin(example), Math.Cos(2 * example), Math.Sin(3 * example) + 0.5];
                double error = (
                    w[0] * x[0]) + (w[1] * x[1]) + (w[2] * x[2]) + at.AsSpan("b")[0] - Math.Sin(5 * example);
                for (int index = 0; index < 3; index++) slopes[index] += error * x[index];
                intercept += error;
            }

            return ParameterTree.Of(
                Leaf.Of("w", [3], [.. slopes.Select(slope => slope / count)]), Leaf.Of("b", [1], [intercept / count]));
        }
    }
}
