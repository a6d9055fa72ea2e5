using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Engine;

/// <summary>
/// A custom transform whose slots have other shapes: the row sums of matrices, a count for other leaves; and a scalar.
/// It divides the update by the number of updates of the leaf.
/// </summary>
internal sealed record RowSums : Transform
{
    protected internal override ImmutableArray<string> SlotNames => ["rows", "count"];

    protected internal override ImmutableArray<string> ScalarNames => ["total"];

    protected internal override bool TransformsLeaves => true;

    protected internal override ImmutableArray<int>? SlotShape(int slot, Leaf leaf) =>
        (leaf.Rank == 2) == (slot == 0) ? (slot == 0 ? [leaf.Shape[0]] : []) : null;

    protected internal override void InitScalars(Span<double> scalars) => scalars[0] = 0.5;

    protected internal override void UpdateScalars(long step, Span<double> scalars) => scalars[0] += step;

    protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        Span<T> slot = leaf.Slot(leaf.Leaf.Rank == 2 ? 0 : 1);
        for (int index = 0; index < slot.Length; index++) slot[index] += leaf.Input[index];
        leaf.Input.CopyTo(leaf.Output);
    }

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new ScaleRule<T>(T.One / T.CreateTruncating(pass.SlotStep)));
}
