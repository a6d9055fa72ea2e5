using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Engine;

/// <summary>A slot of a transform of whole leaves that is not written keeps its values.</summary>
public class UnwrittenSlotTests
{
    private static readonly ParameterTree<float> Start = ParameterTree.Of(
        Leaf.Of("a", [3], [1f, 2f, 3f]), Leaf.Of("b", [2, 2], [4f, 5f, 6f, 7f]));

    [Fact]
    public void It_keeps_its_numbers_in_pure_steps_and_in_donating_ones()
    {
        Optimizer optimizer = new Half().Then(Sgd.Of(0.1));
        ParameterTree<float> pure = Start, donated = Start.Copy();
        OptimizerState<float> state = optimizer.Init(pure), own = optimizer.Init(donated);
        OptimizerState<float> start = state;
        for (int step = 1; step <= 3; step++)
        {
            (pure, state) = optimizer.Step(pure, Start, state);
            (donated, own) = optimizer.StepDonating(donated, Start.Copy(), own);
            Assert.Equal((pure, state), (donated, own));
            Assert.Equal(start["never"], state["never"]);
            Assert.Equal([start["sometimes"].AsSpan("b")[0] + step, 5f], state["sometimes"].AsSpan("b")[..2].ToArray());
            Assert.Equal(start["sometimes"].AsSpan("a"), state["sometimes"].AsSpan("a"));
        }
    }

    /// <summary>
    /// Writes one of two slots, and there only the first number of matrices; slots start as the parameters.
    /// </summary>
    private sealed record Half : Transform
    {
        protected internal override ImmutableArray<string> SlotNames => ["sometimes", "never"];

        protected internal override bool TransformsLeaves => true;

        protected internal override void InitSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values) =>
            parameters.CopyTo(values);

        protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
        {
            if (leaf.Leaf.Rank == 2) leaf.Slot(0)[0] += T.One;
            leaf.Input.CopyTo(leaf.Output);
        }

        protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
            pass.Add(first, default(IdentityRule<T>));
    }
}
