using System.Collections.Immutable;

namespace Functional.Optim.Tests.Wrappers;

/// <summary>What a wrapper of a user's may do wrong.</summary>
public class WrapperTests
{
    private static readonly ParameterTree<float> Parameters = ParameterTree.Of(Leaf.Of("w", [2], [1f, 2f]));

    [Fact]
    public void One_that_was_changed_keeps_the_slots_it_names_now()
    {
        Keeps one = new(Sgd.Of(0.1), 1), two = one with { Named = 2, Returned = 2 };
        Assert.Equal(1, one.Init(Parameters).SlotCount);
        two = one with { Named = 2, Returned = 2 };
        Assert.Equal<string>(["own 0", "own 1"], two.Init(Parameters).SlotNames);
        Assert.Equal(2, two.Step(Parameters, Parameters, two.Init(Parameters)).State.SlotCount);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_that_returns_other_slots_than_it_names_is_told_so_and_nothing_is_consumed(bool steps)
    {
        foreach (int returned in (int[])[0, 1, 3])
        {
            Keeps wrapper = new Keeps(Sgd.Of(0.1), 2) with { Returned = returned, Steps = steps };
            OptimizerState<float> state = wrapper.Init(Parameters);
            foreach (bool donate in (bool[])[false, true])
            {
                ParameterTree<float> parameters = Parameters.Copy(), gradients = Parameters.Copy();
                string message = Assert.Throws<ArgumentException>(() => donate
                    ? wrapper.StepDonating(parameters, gradients, state)
                    : wrapper.Step(parameters, gradients, state)).Message;
                Assert.Contains($"keeps 2 slots of its own; its step returned {returned}", message, StringComparison.Ordinal);
                Assert.Equal((Parameters, Parameters, wrapper.Init(Parameters)), (parameters, gradients, state));
            }
        }
    }

    private sealed record Keeps(Optimizer Around, int Named) : Wrapper(Around)
    {
        public int Returned { get; init; } = Named;

        public bool Steps { get; init; } = true;

        protected override ImmutableArray<string> OwnSlotNames => [.. Enumerable.Range(0, Named).Select(slot => $"own {slot}")];

        protected override (ParameterTree<T> Output, OptimizerState<T> State) Wrap<T>(in WrapperStep<T> step)
        {
            TreeLayout layout = step.Parameters.Layout;
            ParameterTree<T>[] own = [.. Enumerable.Range(0, Returned).Select(_ => layout.Zeros<T>())];
            return Steps ? step.Inside(step.Gradients, own) : step.Unchanged(own);
        }
    }
}
