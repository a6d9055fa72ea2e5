namespace Functional.Optim.Tests.Wrappers;

using Trees = Functional.Optim.Tests.Laws.Trees;

public class ApplyIfFiniteTests
{
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void A_gradient_that_is_not_finite_is_skipped_and_counted_until_there_are_too_many(double bad)
    {
        ApplyIfFinite optimizer = ApplyIfFinite.Around(Adam.Of(0.1), maxConsecutiveSkips: 2);
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("a", [1], [1.0]), Leaf.Of("b", [1], [1.0]));
        ParameterTree<double> good = ParameterTree.Of(Leaf.Of("a", [1], [1.0]), Leaf.Of("b", [1], [1.0]));
        ParameterTree<double> broken = ParameterTree.Of(Leaf.Of("a", [1], [1.0]), Leaf.Of("b", [1], [bad]));
        (ParameterTree<double> at, OptimizerState<double> state) =
            optimizer.Step(parameters, good, optimizer.Init(parameters));
        for (int round = 1; round <= 2; round++)
        {
            ParameterTree<double> before = at;
            (at, state) = optimizer.Step(at, broken, state);
            Assert.Equal(before, at);
            Assert.Equal(round, state.Counters.ConsecutiveSkips);
        }

        Assert.Equal("b", Assert.Throws<NonFiniteGradientException>(() => { optimizer.Step(at, broken, state); }).Leaf);
        (at, state) = optimizer.Step(at, good, state);
        Assert.Equal(new UpdateCounters(SkippedUpdates: 2, ConsecutiveSkips: 0), state.Counters);
        (at, state) = optimizer.StepDonating(at, broken, state);
        Assert.Equal(1, state.Counters.ConsecutiveSkips);
        Assert.Equal(2, state.Step);
        ParameterTree<double> spoilt = ParameterTree.Of(Leaf.Of("a", [1], [bad]), Leaf.Of("b", [1], [1.0]));
        Assert.Equal(-1, optimizer.Update(at, spoilt, state).Deltas.AsSpan().IndexOfAnyExcept(0.0));
    }

    [Fact]
    public void The_gradient_of_a_frozen_leaf_is_ignored()
    {
        Optimizer optimizer = ApplyIfFinite.Around(
            Sgd.Of(0.1).WithGroups(LeafGroup.Frozen("b", leaf => leaf.Name == "b")));
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("a", [1], [1f]), Leaf.Of("b", [1], [2f]));
        ParameterTree<float> gradients = ParameterTree.Of(Leaf.Of("a", [1], [1f]), Leaf.Of("b", [1], [float.NaN]));
        (ParameterTree<float> moved, OptimizerState<float> state) =
            optimizer.Step(parameters, gradients, optimizer.Init(parameters));
        Assert.Equal((0.9f, 2f, 1), (moved.AsSpan("a")[0], moved.AsSpan("b")[0], state.Step));
    }

    [Fact]
    public void Around_an_accumulation_it_keeps_a_bad_gradient_from_being_accumulated()
    {
        Accumulate gathering = Accumulate.Of(2, Adam.Of(0.1));
        ApplyIfFinite optimizer = ApplyIfFinite.Around(gathering);
        Assert.Equal(gathering.StateBytesPerParameter<double>(), optimizer.StateBytesPerParameter<double>());
        ParameterTree<double> parameters = Trees.Random<double>(0), expected = parameters;
        (OptimizerState<double> state, OptimizerState<double> without) =
            (optimizer.Init(parameters), gathering.Init(expected));
        for (int step = 1; step <= 4; step++)
        {
            ParameterTree<double> gradients = Trees.Random<double>(step);
            (parameters, state) = optimizer.Step(parameters, Trees.Random<double>(step, scale: double.NaN), state);
            Assert.Equal(
                (1, without.Counters.Accumulated), (state.Counters.ConsecutiveSkips, state.Counters.Accumulated));
            (parameters, state) = optimizer.Step(parameters, gradients, state);
            (expected, without) = gathering.Step(expected, gradients, without);
            Assert.Equal(expected, parameters);
        }

        Assert.Equal(2, state.Step);
        Assert.Equal(new UpdateCounters(SkippedUpdates: 6), state.Counters);
        Assert.Equal("m, v, gathered", string.Join(", ", state.SlotNames));
    }
}
