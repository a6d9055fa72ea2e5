using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>The scaling of CAME for a leaf (see <see cref="Came"/>), without decay and learning rate.</summary>
/// <param name="Beta1">β₁.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="Beta3">β₃.</param>
/// <param name="ClipThreshold">d.</param>
/// <param name="Epsilon">ε₁.</param>
/// <param name="DistanceEpsilon">ε₂.</param>
internal sealed record CameScaling(
    double Beta1, double Beta2, double Beta3, double ClipThreshold, double Epsilon, double DistanceEpsilon) : Transform
{
    private const int Row = 0, Column = 1, Full = 2, Momentum = 3, DistanceRow = 4, DistanceColumn = 5;

    internal static ImmutableArray<string> Slots { get; } =
        ["row", "column", "v", "m", "distance row", "distance column"];

    protected internal override ImmutableArray<string> SlotNames => Slots;

    protected internal override bool TransformsLeaves => true;

    private protected override bool NeverThrows => true;

    /// <summary>
    /// Rows and columns of the last two dimensions, v for what has fewer; nothing for a leaf without elements.
    /// </summary>
    protected internal override ImmutableArray<int>? SlotShape(int slot, Leaf leaf)
    {
        if (leaf.Length == 0 || (slot != Momentum && (leaf.Rank >= 2) == (slot == Full))) return null;
        return slot switch
        {
            Row or DistanceRow => leaf.Shape.RemoveAt(leaf.Rank - 1),
            Column or DistanceColumn => leaf.Shape.RemoveAt(leaf.Rank - 2),
            _ => leaf.Shape,
        };
    }

    protected internal override int ScratchLength(Leaf leaf) =>
        leaf.Rank < 2 || leaf.Length == 0 ? 0 : RowBlocks.Of(leaf).ScratchLength;

    protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        Span<T> update = leaf.Output, momentum = leaf.Slot(Momentum);
        if (leaf.Leaf.Rank < 2)
        {
            SquareMeans<T>.Divide(
                leaf.Input, leaf.Slot(Full), 1 - Beta2, Epsilon, SquareMeans<T>.MinRoot, update);
            TakeIn(update, momentum);
            momentum.CopyTo(update);
            return;
        }

        RowBlocks blocks = RowBlocks.Of(leaf.Leaf);
        Span<double> scratch = leaf.Scratch<double>();
        SquareFactors<T> squares = new(blocks, 1 - Beta2, Epsilon), distances = new(blocks, 1 - Beta3, DistanceEpsilon);
        squares.Update(leaf.Input, leaf.Slot(Row), leaf.Slot(Column), scratch);
        squares.Divide(
            leaf.Input, leaf.Slot(Row), leaf.Slot(Column), scratch, 0, SquareMeans<T>.MinRoot, update);
        TakeIn(update, momentum);
        distances.Update(update, leaf.Slot(DistanceRow), leaf.Slot(DistanceColumn), scratch);
        distances.Divide(
            momentum, leaf.Slot(DistanceRow), leaf.Slot(DistanceColumn), scratch, 0, SquareMeans<T>.MinRoot, update);
    }

    /// <summary>Clips the update, takes it into the momentum, and leaves its distance from that.</summary>
    private void TakeIn<T>(Span<T> update, Span<T> momentum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double size = BlockReduction.Norm<T>(update) / Math.Sqrt(update.Length);
        ScaledMeanRule<T> mean = new(T.CreateTruncating(Beta1), T.CreateTruncating(1 - Beta1));
        Elementwise.Run(
            new Then<T, ScaleRule<T>, DistanceRule<T>>(
                new(T.CreateTruncating(1 / Math.Max(1, size / ClipThreshold))), new(mean)),
            update, update, update, new(momentum), new(momentum));
    }
}
