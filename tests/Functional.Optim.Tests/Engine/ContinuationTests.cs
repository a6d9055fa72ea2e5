using System.Collections.Immutable;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Engine;

/// <summary>States that continue with other leaves and other optimizers.</summary>
public class ContinuationTests
{
    public static TheoryData<string> Names =>
        [.. Laws.Catalogue.Cases.Where(one => !one.CountingUpdates.IsEmpty).Select(one => one.Entry!)];

    public static TheoryData<string> Catalogued => Laws.Catalogue.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_leaf_that_joins_late_moves_as_a_new_one_and_the_others_as_before(string name) => Assert.All(
        Laws.Catalogue.Cases.Single(one => one.Entry == name).CountingUpdates, JoinsLate);

    [Theory]
    [MemberData(nameof(Catalogued))]
    public void Without_changes_everything_continues(string name)
    {
        Optimizer optimizer = Laws.Catalogue.Get(name);
        ParameterTree<double> parameters = Laws.Trees.Random<double>(0);
        OptimizerState<double> state = optimizer.Init(parameters);
        for (int step = 1; step <= 3; step++)
            (parameters, state) = optimizer.Step(parameters, Laws.Trees.Random<double>(step), state);
        OptimizerState<double> copy = state.Copy();
        (OptimizerState<double> next, ContinuationReport report) = optimizer.Continue(state, parameters);
        Assert.Equal((state, state.Identity, state.Counters), (next, next.Identity, next.Counters));
        Assert.All(report.Rows, row => Assert.True(row.Kept, $"{row}"));
        Assert.Empty(report.Dropped);

        // The continued state shares nothing with the state before: donating one leaves the other intact.
        ParameterTree<double> gradients = Laws.Trees.Random<double>(4);
        (ParameterTree<double> Parameters, OptimizerState<double> State) expected =
            optimizer.Step(parameters, gradients, state);
        Assert.Equal(expected, optimizer.StepDonating(parameters.Copy(), gradients.Copy(), next));
        Assert.Equal(copy, state);
    }

    [Fact]
    public void A_continued_state_is_rejected_elsewhere_with_what_it_keeps()
    {
        ParameterTree<float> one = ParameterTree.Of(Leaf.Of("a", [1], [1f])), two = Two(1, 1);
        Optimizer sgd = Sgd.Of(0.1, momentum: 0.9), adam = AdamW.Of(0.1);
        OptimizerState<float> late = sgd.Continue(sgd.Step(one, one, sgd.Init(one)).State, two).State;
        Assert.NotEmpty(late.SlotStarts);
        foreach (Optimizer other in (Optimizer[])[adam, Accumulate.Of(2, adam), adam.Then(Lookahead.Of())])
        {
            Assert.StartsWith(
                "The state was made by an optimizer that keeps",
                Assert.ThrowsAny<ArgumentException>(() => other.Step(two, two, late)).Message,
                StringComparison.Ordinal);
        }

        ParameterTree<float> three = ParameterTree.Of(
            Leaf.Of("a", [1], [1f]), Leaf.Of("b", [1], [1f]), Leaf.Of("c", [1], [1f]));
        Assert.ThrowsAny<ArgumentException>(() => sgd.Step(three, three, late));
        Assert.ThrowsAny<ArgumentException>(() => Accumulate.Of(2, sgd).Step(three, three, late));
    }

    [Fact]
    public void An_optimizer_continues_without_the_accumulated_gradients_of_its_wrapper()
    {
        Optimizer adam = AdamW.Of(0.1), around = Accumulate.Of(3, adam);
        ParameterTree<float> parameters = Two(1, 2);
        OptimizerState<float> gathered = around.Step(parameters, Two(1, 1), around.Init(parameters)).State;
        Assert.Equal(1, gathered.Counters.Accumulated);
        (OptimizerState<float> state, ContinuationReport report) = adam.Continue(gathered, parameters);
        Assert.Equal((0, 1), (state.Counters.Accumulated, report.Dropped.Length));
        Assert.Equal(
            adam.Step(parameters, Two(1, 1), adam.Init(parameters)),
            adam.Step(parameters, Two(1, 1), state.With(default(UpdateCounters))));
        adam.Step(parameters, Two(1, 1), state);
    }

    [Fact]
    public void Leaves_are_found_by_name_and_those_of_another_shape_start_again()
    {
        Optimizer optimizer = AdamW.Of(0.1);
        ParameterTree<float> before = ParameterTree.Of(
            Leaf.Of("words", [2, 2], [1f, 2, 3, 4]), Leaf.Of("bias", [2], [5f, 6]), Leaf.Of("gone", [1], [7f]));
        (ParameterTree<float> moved, OptimizerState<float> state) =
            optimizer.Step(before, before, optimizer.Init(before));
        ParameterTree<float> after = ParameterTree.Of(
            Leaf.Of("first", [1], [1f]),
            Leaf.Of("bias", [2], moved.AsSpan("bias").ToArray()),
            Leaf.Of("words", [3, 2], new float[6]));
        (OptimizerState<float> next, ContinuationReport report) = optimizer.Continue(state, after);
        Assert.Equal(
            "kept: adam(m, v) of bias\nstarted anew: adam(m, v) of first, adam(m, v) of words",
            report.ToString().ReplaceLineEndings("\n"));
        Assert.Equal(state["v"].AsSpan("bias").ToArray(), next["v"].AsSpan("bias").ToArray());
        Assert.Equal(new float[6], next["m"].AsSpan("words").ToArray());
        Assert.Equal<IEnumerable<long>>([1L, 0L, 1L], next.SlotStarts[0]);

        // Continue again, later: the leaf that was added at 1 keeps its start.
        (after, next) = optimizer.Step(after, after, next);
        (OptimizerState<float> third, report) = optimizer.Continue(next, after);
        Assert.Equal(next, third);
        Assert.Equal<IEnumerable<long>>([1L, 0L, 1L], third.SlotStarts[1]);
        Assert.All(report.Rows, row => Assert.True(row.Kept));
    }

    [Fact]
    public void Another_optimizer_for_some_leaves_takes_the_slots_of_its_kind()
    {
        ParameterTree<float> parameters = ParameterTree.Of(
            Leaf.Of("w", [2, 2], [1f, 2, 3, 4]), Leaf.Of("b", [2], [5f, 6]));
        Optimizer before = AdamW.Of(0.1);
        Optimizer after = Partition.Of(
            new("matrices", leaf => leaf.Rank == 2, Sgd.Of(0.1, momentum: 0.9)), new("rest", _ => true, AdamW.Of(0.1)));
        (parameters, OptimizerState<float> state) = before.Step(parameters, parameters, before.Init(parameters));
        (OptimizerState<float> next, ContinuationReport report) = after.Continue(state, parameters);
        Assert.Equal(
            "kept: rest/adam(m, v) of b\nstarted anew: matrices/momentum(momentum) of w",
            report.ToString().ReplaceLineEndings("\n"));
        Assert.Equal(state["m"].AsSpan("b").ToArray(), next["rest/m"].AsSpan("b").ToArray());
        Assert.Equal(["w"], next["matrices/momentum"].Layout.Leaves.Select(leaf => leaf.Name));

        // And back: the moments of w start again, those of b continue, the momentum is dropped.
        (OptimizerState<float> back, report) = before.Continue(next, parameters);
        Assert.Equal(
            "kept: adam(m, v) of b\nstarted anew: adam(m, v) of w\ndropped: matrices/momentum",
            report.ToString().ReplaceLineEndings("\n"));
        Assert.Equal<IEnumerable<long>>([1L, 0L], back.SlotStarts[0]);
        Assert.Equal("dropped: m, v", Sgd.Of(0.1).Continue(state, parameters).Report.ToString());
        Assert.Equal(1, Sgd.Of(0.1).Continue(state, parameters).State.Step);
    }

    [Fact]
    public void A_wrapper_keeps_accumulated_gradients_of_the_same_leaves_only()
    {
        Optimizer inner = AdamW.Of(0.1), optimizer = Accumulate.Of(3, inner);
        ParameterTree<float> parameters = Two(1, 2);
        (parameters, OptimizerState<float> state) = optimizer.Step(parameters, Two(3, 4), optimizer.Init(parameters));
        (OptimizerState<float> same, ContinuationReport report) = optimizer.Continue(state, parameters);
        Assert.Equal((state, 1), (same, same.Counters.Accumulated));
        Assert.Equal(
            "kept: adam(m, v) of a, adam(m, v) of b, Accumulate of every leaf",
            report.ToString().ReplaceLineEndings("\n"));

        ParameterTree<float> more = ParameterTree.Of(
            Leaf.Of("a", [1], [1f]), Leaf.Of("b", [1], [2f]), Leaf.Of("c", [1], [3f]));
        (OptimizerState<float> grown, report) = optimizer.Continue(state, more);
        Assert.Equal(0, grown.Counters.Accumulated);
        Assert.Contains(
            "Accumulate of every leaf", report.ToString().Split("started anew")[1], StringComparison.Ordinal);
        for (int step = 0; step < 3; step++) (more, grown) = optimizer.Step(more, more, grown);
        Assert.Equal(1, grown.Step);
    }

    [Fact]
    public void Starts_are_saved_in_the_file_of_a_state()
    {
        using TemporaryFolder folder = new();
        foreach (Optimizer optimizer in (Optimizer[])[
            AdamW.Of(0.1), Accumulate.Of(1, AdamW.Of(0.1)), ApplyIfFinite.Around(Accumulate.Of(2, AdamW.Of(0.1))),
            Partition.Of(new("a", leaf => leaf.Name == "a", Lion.Of(0.1)), new("rest", _ => true, AdamW.Of(0.1))),
            new RowSums()])
        {
            Optimizer frozen = optimizer.WithGroups(LeafGroup.Frozen("later", leaf => leaf.Name == "b"));
            ParameterTree<float> parameters = Two(1, 2);
            OptimizerState<float> state = frozen.Init(parameters);
            for (int step = 0; step < 4; step++) (parameters, state) = frozen.Step(parameters, Two(3, 4), state);
            state = optimizer.Continue(state, parameters).State;
            Assert.NotEmpty(state.SlotStarts);
            string path = folder.At("state");
            CheckpointFile.Save<float>(new(new(parameters, state)), path);
            OptimizerState<float> loaded = CheckpointFile.Load<float>(path, optimizer).ThrowIfFail().State.Optimizer;
            Assert.Equal(state, loaded);
            for (int step = 0; step < 2; step++)
            {
                (ParameterTree<float> moved, OptimizerState<float> next) = optimizer.Step(parameters, Two(3, 4), state);
                (ParameterTree<float> expected, loaded) = optimizer.Step(parameters, Two(3, 4), loaded);
                Assert.Equal((expected, loaded), (moved, next));
                (parameters, state) = (moved, next);
            }
        }
    }

    [Fact]
    public void Slots_of_some_leaves_continue_each_with_its_start()
    {
        Optimizer optimizer = new RowSums();
        ParameterTree<float> before = ParameterTree.Of(Leaf.Of("v", [2], [1f, 2]), Leaf.Of("w", [2, 2], [1f, 2, 3, 4]));
        (_, OptimizerState<float> state) = optimizer.Step(before, before, optimizer.Init(before));
        ParameterTree<float> after = ParameterTree.Of(
            Leaf.Of("u", [2], [1f, 2]),
            Leaf.Of("v", [2], [1f, 2]),
            Leaf.Of("w", [2, 2], [1f, 2, 3, 4]),
            Leaf.Of("x", [2, 2], [1f, 2, 3, 4]));
        (OptimizerState<float> next, ContinuationReport report) = optimizer.Continue(state, after);
        Assert.Equal(["v", "w"], report.Rows.Where(row => row.Kept).Select(row => row.Leaf).Order());
        Assert.Equal(["u", "x"], report.Rows.Where(row => !row.Kept).Select(row => row.Leaf).Order());
        Assert.Equal(state["count"].AsSpan("v").ToArray(), next["count"].AsSpan("v").ToArray());
        Assert.Equal(state.Scalar("total"), next.Scalar("total"));
        Assert.Equal<IEnumerable<long>>([1L, 0L], next.SlotStarts[1]);
        ParameterTree<float> deltas = optimizer.Update(after, after, next).Deltas;
        Assert.Equal(
            (-1f, -0.5f, -0.5f, -1f),
            (deltas.AsSpan("u")[0], deltas.AsSpan("v")[0], deltas.AsSpan("w")[0], deltas.AsSpan("x")[0]));
    }

    [Fact]
    public void A_state_in_16_bits_is_decoded_once_for_any_number_of_leaves()
    {
        ParameterTree<float> parameters = ParameterTree.Of(
            [.. Enumerable.Range(0, 300).Select(leaf => Leaf.Of($"{leaf}", [100], new float[100]))]);
        Optimizer optimizer = AdamW.Of(0.1).WithState(StateFormat.BFloat16);
        OptimizerState<float> state = optimizer.Step(parameters, parameters, optimizer.Init(parameters)).State;
        long before = GC.GetAllocatedBytesForCurrentThread();
        OptimizerState<float> carried = optimizer.Continue(state, parameters).State;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 3_000_000);
        Assert.Equal(state, carried);
    }

    [Fact]
    public void A_leaf_that_is_added_to_an_average_of_all_updates_restarts_all_leaves()
    {
        Optimizer optimizer = ScheduleFree.Of(AdamW.Of(0.05, weightDecay: 0));
        ParameterTree<double> one = ParameterTree.Of(Leaf.Of("a", [1], [0.0]));
        OptimizerState<double> state = optimizer.Init(one);
        for (int step = 0; step < 300; step++) (one, state) = optimizer.Step(one, Slope(one), state);
        ParameterTree<double> both = ParameterTree.Of(
            Leaf.Of("a", [1], [one.AsSpan("a")[0]]), Leaf.Of("b", [1], [0.0]));
        (state, ContinuationReport report) = optimizer.Continue(state, both);
        Assert.Equal(
            [
                "rmsProp(v) of a True",
                "rmsProp(v) of b False",
                "scheduleFree(z) of a False",
                "scheduleFree(z) of b False",
            ],
            report.Rows.Select(row => $"{row.Transform} of {row.Leaf} {row.Kept}").Order(StringComparer.Ordinal));
        ParameterTree<double> alone = ParameterTree.Of(Leaf.Of("b", [1], [0.0]));
        OptimizerState<double> own = optimizer.Init(alone);
        for (int step = 0; step < 200; step++)
        {
            (both, state) = optimizer.Step(both, Slope(both), state);
            (alone, own) = optimizer.Step(alone, Slope(alone), own);
        }

        Assert.Equal(alone.AsSpan("b")[0], both.AsSpan("b")[0], 1e-12);
        Assert.Equal(
            optimizer.EvaluationParameters(alone, own).AsSpan("b")[0],
            optimizer.EvaluationParameters(both, state).AsSpan("b")[0],
            1e-12);

        static ParameterTree<double> Slope(ParameterTree<double> at) => ParameterTree.Of(
            [.. at.Layout.Leaves.Select(leaf => Leaf.Of(leaf.Name, [1], [at.AsSpan(leaf)[0] - 5]))]);
    }

    [Fact]
    public void Many_continued_states_leave_few_plans()
    {
        ParameterTree<float> parameters = ParameterTree.Of(
            [.. Enumerable.Range(0, 100).Select(leaf => Leaf.Of($"{leaf}", [1], [1f]))]);
        AdamW optimizer = AdamW.Of(0.1);
        Optimizer frozen = optimizer.WithGroups(LeafGroup.Frozen("even", leaf => leaf.Index % 2 == 0));
        OptimizerState<float> state = ((Optimizer)optimizer).Init(parameters);
        WeakReference first = Toggle();
        for (int turn = 0; turn < 20; turn++) Toggle();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(first.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        WeakReference Toggle()
        {
            state = frozen.Continue(state, parameters).State;
            (parameters, state) = frozen.Step(parameters, parameters, state);
            state = ((Optimizer)optimizer).Continue(state, parameters).State;
            (parameters, state) = ((Optimizer)optimizer).Step(parameters, parameters, state);
            return new(((Optimizer)optimizer).PlanFor(parameters.Layout, state.Starts));
        }
    }

    [Fact]
    public void An_optimizer_from_a_function_continues_without_accumulated_gradients()
    {
        Optimizer gathering = Accumulate.Of(3, AdamW.Of(0.1)), function = Lbfgs.Of();
        ParameterTree<float> parameters = ParameterTree.Of(Leaf.Of("w", [2], [1f, 2f]));
        OptimizerState<float> state = gathering.Step(parameters, parameters, gathering.Init(parameters)).State;
        Assert.Equal(1, state.Counters.Accumulated);
        (OptimizerState<float> carried, _) = function.Continue(state, parameters);
        function.Step(at => (at.GlobalNorm(), at.Copy()), parameters, carried);
    }

    [Fact]
    public void Impossible_starts_are_rejected()
    {
        ParameterTree<float> slot = Two(1, 2);
        foreach (ImmutableArray<ImmutableArray<long>> starts in (ImmutableArray<ImmutableArray<long>>[])[
            [[0, -1]], [[0, 4]], [[1]], [[0, 1], [0, 1]]])
            Assert.ThrowsAny<ArgumentException>(
                () => new OptimizerState<float>(3, ["m"], "lion(m)", [slot], default, starts));
        Assert.Equal<IEnumerable<long>>(
            [0L, 3L], new OptimizerState<float>(3, ["m"], "lion(m)", [slot], default, [[0, 3]]).SlotStarts[0]);
    }

    private static void JoinsLate(Optimizer all)
    {
        Optimizer frozen = all.WithGroups(LeafGroup.Frozen("later", leaf => leaf.Name == "b"));
        ParameterTree<float> late = Two(0.5f, 0.5f), fresh = late, always = late;
        OptimizerState<float> state = frozen.Init(late), start = all.Init(late), whole = start;
        for (int step = 0; step < 1000; step++)
        {
            (late, state) = frozen.Step(late, Two(1, 1), state);
            (always, whole) = all.Step(always, Two(1, 1), whole);
        }

        Assert.ThrowsAny<ArgumentException>(() => all.Step(late, Two(1, 1), state));
        (state, ContinuationReport report) = all.Continue(state, late);
        Assert.Equal(1000, state.Step);
        Assert.Equal(
            $"kept: {state.Identity} of a\nstarted anew: {state.Identity} of b",
            report.ToString().ReplaceLineEndings("\n"));
        Assert.All(state.SlotStarts, starts => Assert.Equal<IEnumerable<long>>([0L, 1000L], starts));
        for (int step = 0; step < 20; step++)
        {
            (late, state) = all.StepDonating(late, Two(1, 1), state);
            (fresh, start) = all.Step(fresh, Two(1, 1), start);
            (always, whole) = all.Step(always, Two(1, 1), whole);
            Assert.Equal((always.AsSpan("a")[0], fresh.AsSpan("b")[0]), (late.AsSpan("a")[0], late.AsSpan("b")[0]));
        }
    }

    private static ParameterTree<float> Two(float a, float b) =>
        ParameterTree.Of(Leaf.Of("a", [1], [a]), Leaf.Of("b", [1], [b]));
}
