using Functional.Optim.Tests.Engine;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.States;

public class OptimizerStateTests
{
    private static readonly ParameterTree<float> Parameters = ParameterTree.Of(
        Leaf.Of("w", [2, 17], new float[34]), Leaf.Of("b", [2], [1f, 2f]));

    private static readonly ParameterTree<float> Gradients = ParameterTree.Of(
        Leaf.Of("w", [2, 17], [.. Enumerable.Range(0, 34).Select(index => index * 0.5f)]),
        Leaf.Of("b", [2], [3f, -4f]));

    private static readonly Optimizer Own = new RowSums().Then(AdamW.Of(0.1));

    [Fact]
    public void A_copy_has_separate_memory()
    {
        (ParameterTree<float> parameters, OptimizerState<float> state) =
            Own.Step(Parameters, Gradients, Own.Init(Parameters));
        OptimizerState<float> copy = state.Copy(), other = state.Copy();
        Assert.Equal((state, state.Identity), (copy, copy.Identity));
        (_, OptimizerState<float> next) = Own.StepDonating(parameters, Gradients.Copy(), copy);
        Assert.Equal((2, 1, other), (next.Step, state.Step, state));
        state.Release();
        Assert.Equal(1.5, other.Scalar("total"));
        Assert.Equal(default, default(OptimizerState<float>).Copy());
    }

    [Fact]
    public void A_released_or_transferred_state_says_so()
    {
        OptimizerState<float> state = Own.Init(Parameters);
        ParameterTree<float> slot = state["m"];
        OptimizerState<float> copy = state.Copy(), next = state.Transfer("the test");
        Assert.Equal(copy, next);
        foreach (Action touch in (Action[])[
            () => _ = state.Step,
            () => _ = state["m"],
            () => _ = state.SlotNames,
            () => _ = state.ByteCount,
            () => _ = state.Scalar("total"),
            () => state.Copy(),
            () => state.Release(),
            () => state.Transfer("again"),
            () => Own.Step(Parameters, Gradients, state)])
            Assert.Contains(
                "consumed by the test",
                Assert.Throws<ObjectDisposedException>(touch).Message,
                StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => slot.AsSpan());
        Assert.Equal("a state that was consumed by the test", state.ToString());
        next.Release();
        Assert.Contains(
            "Release", Assert.Throws<ObjectDisposedException>(() => next.Step).Message, StringComparison.Ordinal);
        default(OptimizerState<float>).Release();
    }

    [Fact]
    public void Its_bytes_are_those_of_its_slots_and_scalars()
    {
        OptimizerState<float> state = Own.Init(Parameters);
        Assert.Equal<IEnumerable<string>>(["rows", "count", "m", "v"], state.SlotNames);

        // Each leaf is padded to 16 elements: 2 rows, 1 count, 34 and 2 moments.
        Assert.Equal([64L, 64L, 256L, 256L], Enumerable.Range(0, 4).Select(state.BytesOf));
        Assert.Equal(64 + 64 + 256 + 256 + 8, state.ByteCount);
        Assert.Equal(0, default(OptimizerState<float>).ByteCount);
        Assert.Throws<ArgumentOutOfRangeException>(() => state.BytesOf(4));
    }

    [Fact]
    public void Scalars_are_found_by_name_and_compared()
    {
        OptimizerState<float> state = Own.Init(Parameters);
        Assert.Equal<IEnumerable<string>>(["total"], state.ScalarNames);
        Assert.Equal(0.5, state.Scalar("total"));
        Assert.Equal(
            "No scalar is named 'd'; the state has total. (Parameter 'name')",
            Assert.ThrowsAny<ArgumentException>(() => state.Scalar("d")).Message);
        OptimizerState<float> One(double total) => new(0, [], "", [], [new("total", total)]);
        Assert.True(One(1) == One(1) && One(double.NaN) == One(double.NaN));
        Assert.True(One(1) != One(2) && One(0) != One(-0.0) && One(1) != new OptimizerState<float>(0));
        Assert.Equal("Step 0, total: 1", One(1).ToString());
        Assert.StartsWith("Step 0, rows: ", state.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void States_are_equal_by_step_counts_and_bits()
    {
        Optimizer lion = Lion.Of(0.1);
        OptimizerState<float> zero = lion.Init(Parameters);
        OptimizerState<float> other = lion.Init(Parameters);
        OptimizerState<float> negative = new(0, Parameters.Layout.Zeros<float>());
        Assert.True(zero == other && zero.GetHashCode() == other.GetHashCode() && zero == negative);
        Assert.True(zero != zero.With(new UpdateCounters { Accumulated = 1 }));
        Assert.True(zero != new OptimizerState<float>(1, zero[0]) && zero != new OptimizerState<float>(0, Parameters));
        Assert.False(zero.Equals((object?)null));
        Assert.True(default(OptimizerState<float>) == new OptimizerState<float>(0));
    }

    [Fact]
    public void More_slots_than_any_pass_has_and_slots_of_other_shapes_are_saved_and_continue()
    {
        using TemporaryFolder folder = new();
        Optimizer twelve = Enumerable.Range(0, 6).Aggregate(
            Composition.Identity, (chain, part) => chain.Then(Adam.Scaling(0.1 * part)));
        Optimizer many = Partition.Of([.. Enumerable.Range(0, 50).Select(rule => new Partition.Rule(
            $"{rule}",
            leaf => leaf.Name == (rule % 2 == 0 ? "w" : "b") && rule / 2 == 7,
            AdamW.Of(0.01 * (rule + 1))))]);
        foreach ((Optimizer optimizer, int slots) in
            new (Optimizer, int)[] { (twelve, 12), (many, 100), (Own, 4), (Own.Then(Own), 8) })
        {
            (ParameterTree<float> parameters, OptimizerState<float> state) =
                optimizer.Step(Parameters, Gradients, optimizer.Init(Parameters));
            Assert.Equal((slots, slots), (state.SlotCount, state.SlotNames.Length));
            string path = folder.At("state");
            CheckpointFile.Save<float>(new(new(parameters, state)), path);
            OptimizerState<float> loaded = CheckpointFile.Load<float>(path, optimizer).ThrowIfFail().State.Optimizer;
            Assert.Equal((state, state.ByteCount), (loaded, loaded.ByteCount));
            Assert.Equal(optimizer.Step(parameters, Gradients, state), optimizer.Step(parameters, Gradients, loaded));
        }

        // Two of the fifty rules have one leaf each; the slots of the others are empty.
        OptimizerState<float> sparse = many.Init(Parameters);
        Assert.Equal(2 * 4L * (48 + 16), sparse.ByteCount);
        Assert.Equal(["w"], sparse["14/m"].Layout.Leaves.Select(leaf => leaf.Name));
    }
}
