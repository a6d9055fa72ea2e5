using Functional.Optim.Tests.Laws;

namespace Functional.Optim.Tests.Engine;

using Catalogue = Functional.Optim.Tests.Laws.Catalogue;

public class ManyLeavesTests
{
    public static TheoryData<string> Names => Catalogue.Names;

    [Fact]
    public void Fifty_thousand_leaves_of_one_element_are_planned_bound_and_continued()
    {
        const int count = 50_000;
        ParameterTree<float> parameters = ParameterTree.Of(
            [.. Enumerable.Range(0, count).Select(leaf => Leaf.Of($"{leaf}", [1], [(float)leaf]))]);
        Optimizer optimizer = Partition.Of(
            new("odd", leaf => leaf.Index % 2 == 1, Sgd.Of(0.5)),
            new("even", _ => true, Clip.ByLeafNorm(1).Then(Sgd.Of(1, momentum: 0.9))));
        (ParameterTree<float> moved, OptimizerState<float> state) =
            optimizer.Step(parameters, parameters, optimizer.Init(parameters));
        Assert.Equal((49_997f, 24_999.5f), (moved.AsSpan("49998")[0], moved.AsSpan("49999")[0]));
        Assert.Equal(count / 2, state[0].Layout.Leaves.Length);
        (OptimizerState<float> carried, ContinuationReport report) = optimizer.Continue(state, moved);
        Assert.Equal((count / 2, state), (report.Rows.Count(row => row.Kept), carried));

        float[] values = [.. Enumerable.Range(0, count)], gradients = [.. values];
        InPlaceOptimizer<float> bound = optimizer.InPlace<float>(
        [
            .. Enumerable.Range(0, count).Select(leaf =>
                new LeafBinding<float>($"{leaf}", [1], values.AsMemory(leaf, 1), gradients.AsMemory(leaf, 1))),
        ]);
        bound.Step();
        Assert.Equal((49_997f, 24_999.5f), (values[49_998], values[49_999]));
        Assert.Equal(state, bound.State);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Without_leaves_steps_are_counted(string name)
    {
        Optimizer optimizer = Catalogue.Get(name);
        ParameterTree<float> nothing = ParameterTree.Of<float>();
        OptimizerState<float> state = optimizer.Init(nothing);
        for (int step = 0; step < 4; step++)
            (nothing, state) = optimizer.StepDonating(nothing, ParameterTree.Of<float>(), state);
        Assert.Equal(optimizer is Accumulate ? 2 : 4, state.Step);
        Assert.Equal(state, optimizer.Continue(state, nothing).State);
        Assert.Empty(optimizer.EvaluationParameters(nothing, state).Layout.Leaves);
    }
}
