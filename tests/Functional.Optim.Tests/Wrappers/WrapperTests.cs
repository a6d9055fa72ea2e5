using System.Collections.Immutable;

namespace Functional.Optim.Tests.Wrappers;

/// <summary>Errors that a custom wrapper can make.</summary>
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
    public void One_that_returns_other_slots_than_it_names_gets_an_error_and_nothing_is_consumed(bool steps)
    {
        foreach (int returned in (int[])[0, 1, 3])
        {
            Keeps wrapper = new Keeps(Sgd.Of(0.1), 2) with { Returned = returned, Steps = steps };
            OptimizerState<float> state = wrapper.Init(Parameters);
            foreach (bool donate in (bool[])[false, true])
            {
                ParameterTree<float> parameters = Parameters.Copy(), gradients = Parameters.Copy();
                string message = Assert.ThrowsAny<ArgumentException>(() => donate
                    ? wrapper.StepDonating(parameters, gradients, state)
                    : wrapper.Step(parameters, gradients, state)).Message;
                Assert.Contains($"has 2 own slots; its step returned {returned}", message, StringComparison.Ordinal);
                Assert.Equal((Parameters, Parameters, wrapper.Init(Parameters)), (parameters, gradients, state));
            }
        }
    }

    [Fact]
    public void Two_nested_ones_keep_their_slots_in_order_in_steps_in_files_and_in_a_continued_run()
    {
        Optimizer nested = Adding.Around(Accumulate.Of(2, Adding.Around(Sgd.Of(0.1, momentum: 0.9))));
        ParameterTree<float> pure = Parameters, donated = Parameters.Copy();
        OptimizerState<float> state = nested.Init(pure), own = nested.Init(donated);
        Assert.Equal(4, state.SlotCount);
        for (int step = 0; step < 5; step++)
        {
            (pure, state) = nested.Step(pure, Parameters, state);
            (donated, own) = nested.StepDonating(donated, Parameters.Copy(), own);
            Assert.Equal((pure, state), (donated, own));
        }

        // The outer wrapper saw every gradient, the inner one the means of two.
        Assert.Equal(5 * 1f, state[3].AsSpan()[0]);
        Assert.Equal(2 * 1f, state[1].AsSpan()[0]);
        (OptimizerState<float> carried, ContinuationReport report) = nested.Continue(state, pure);
        Assert.Equal((state, 4), (carried, report.Rows.Count(row => row.Kept)));
        Assert.Equal(nested.Step(pure, Parameters, state), nested.Step(pure, Parameters, carried));

        ParameterTree<float> larger = ParameterTree.Of(
            Leaf.Of("w", [2], pure.AsSpan("w").ToArray()), Leaf.Of("new", [1], [7f]));
        OptimizerState<float> grown = nested.Continue(state, larger).State;
        Assert.Equal(state["momentum"].AsSpan("w").ToArray(), grown["momentum"].AsSpan("w").ToArray());
        // The slots of wrappers belong to all leaves together.
        for (int slot = 1; slot < grown.SlotCount; slot++) Assert.Equal(larger.Layout.Zeros<float>(), grown[slot]);
    }

    [Fact]
    public void A_default_list_of_names_is_reported() => Assert.Equal(
        "Nameless.OwnSlotNames is default; allowed is a list of names, which may be empty.",
        Assert.Throws<InvalidOperationException>(() => new Nameless().Init(Parameters)).Message);

    private sealed record Nameless() : Wrapper(Sgd.Of(0.1))
    {
        protected override ImmutableArray<string> OwnSlotNames => default;

        protected override (ParameterTree<T> Output, OptimizerState<T> State) Wrap<T>(in WrapperStep<T> step) =>
            step.Inside(step.Gradients);
    }

    /// <summary>Sums the gradients that it gets, and passes them on.</summary>
    private sealed record Adding : Wrapper
    {
        private Adding(Optimizer inner)
            : base(inner)
        {
        }

        protected override ImmutableArray<string> OwnSlotNames => ["sum"];

        internal static Adding Around(Optimizer inner) => new(inner);

        protected override (ParameterTree<T> Output, OptimizerState<T> State) Wrap<T>(in WrapperStep<T> step)
        {
            ParameterTree<T> sum = step.Own(0), gradients = step.Gradients;
            TreeBuffer<T> added = step.Parameters.Layout.Rent<T>();
            foreach (Leaf leaf in sum.Layout.Leaves)
            {
                for (int index = 0; index < leaf.Length; index++)
                    added.AsSpan(leaf)[index] = sum.AsSpan(leaf)[index] + gradients.AsSpan(leaf)[index];
            }

            return step.Inside(gradients, added.ToTree());
        }
    }

    private sealed record Keeps(Optimizer Around, int Named) : Wrapper(Around)
    {
        public int Returned { get; init; } = Named;

        public bool Steps { get; init; } = true;

        protected override ImmutableArray<string> OwnSlotNames =>
            [.. Enumerable.Range(0, Named).Select(slot => $"own {slot}")];

        protected override (ParameterTree<T> Output, OptimizerState<T> State) Wrap<T>(in WrapperStep<T> step)
        {
            TreeLayout layout = step.Parameters.Layout;
            ParameterTree<T>[] own = [.. Enumerable.Range(0, Returned).Select(_ => layout.Zeros<T>())];
            return Steps ? step.Inside(step.Gradients, own) : step.Unchanged(own);
        }
    }
}
