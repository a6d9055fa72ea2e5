using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>One slot of the state in a plan: its owner, the leaves that have it, and their shapes in it.</summary>
/// <param name="owner">The transform that owns it.</param>
/// <param name="index">Its index among the slots of the owner.</param>
/// <param name="parameters">The layout of the parameters, whose leaves are added in order.</param>
internal sealed class SlotPlan(PlacedTransform owner, int index, TreeLayout parameters)
{
    /// <summary>
    /// The leaves of the slot, and the start and the length of each, if its layout differs from that of the parameters.
    /// </summary>
    private readonly List<(string Name, int[] Shape, int Start, int Length)> pieces = [];
    private ImmutableArray<long> starts;
    private bool differs;

    internal PlacedTransform Owner => owner;

    /// <summary>The format in which the slot is stored.</summary>
    internal StateFormat Format => owner.Format;

    /// <summary>The index among the slots of the owner.</summary>
    internal int Index => index;

    /// <summary>The layout; <see langword="null"/> when it is that of the parameters.</summary>
    internal TreeLayout? Layout { get; private set; }

    /// <summary>Adds the next leaf of the layout.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="has">Whether the leaf goes through the owner, so that it may have the slot.</param>
    internal void Add(Leaf leaf, bool has)
    {
        // A slot is that of the whole leaf, and lies where the leaf does.
        Leaf whole = parameters.Shard?.Whole.Leaves[leaf.Index] ?? leaf;
        ImmutableArray<int>? shape = has ? owner.Transform.SlotShape(index, whole) : null;
        bool isOwn = shape is { } given
            && (given == leaf.Shape || given.AsSpan().SequenceEqual(leaf.Shape.AsSpan()));
        if (has && !isOwn && !owner.Transform.TransformsLeaves)
        {
            string what = shape is { } other ? $"has the shape [{string.Join(", ", other)}]" : "is missing";
            throw new InvalidOperationException(
                $"{owner.Transform} is elementwise, but its slot '{owner.SlotNames[index]}' of {leaf} {what}; "
                + "allowed is the shape of the leaf.");
        }

        if (!differs)
        {
            if (isOwn) return;
            differs = true;
            foreach (Leaf before in parameters.Leaves.AsSpan(..leaf.Index)) Keep(before, before.Shape);
        }

        if (shape is { } kept) Keep(leaf, kept);
    }

    /// <summary>Sets the layout; an earlier slot of the same owner with the same shapes shares its layout.</summary>
    internal void Seal(IEnumerable<SlotPlan> before)
    {
        if (!differs) return;
        Layout = before.FirstOrDefault(
            slot => slot.Layout is not null && slot.Owner == owner && SameShapes(slot))?.Layout
            ?? TreeLayout.Of(
                [.. pieces.Select(piece => (piece.Name, piece.Shape))],
                [.. pieces.Select(piece => (piece.Start, piece.Length))], shard: null);
    }

    internal void StartFrom(ImmutableArray<long> leafStarts) => starts = leafStarts;

    /// <summary>The leaf of the slot for a leaf of the parameters; <see langword="null"/> when there is none.</summary>
    internal Leaf? LeafOf(Leaf leaf) => Layout is null ? leaf : Layout.Find(leaf.Name);

    /// <summary>
    /// Where the scale of the first block of a leaf is, in bytes from the first code; 0 where there are no blocks.
    /// </summary>
    internal nint ScalesOf(Leaf leaf)
    {
        if (!Format.HasBlocks() || LeafOf(leaf) is not { } piece) return 0;
        TreeLayout own = Layout ?? parameters;
        return own.TotalLength + ((nint)own.FirstBlocks[piece.Index] * sizeof(float));
    }

    /// <summary>
    /// The index of an element of the slot less the index of its parameter, for elementwise transforms.
    /// </summary>
    internal int ShiftOf(Leaf leaf) => Layout is null || owner.Transform.TransformsLeaves
        ? 0
        : (LeafOf(leaf)?.Offset ?? leaf.Offset) - leaf.Offset;

    /// <summary>
    /// A state that does not fit may have starts for fewer leaves; it is rejected after the plan is compiled.
    /// </summary>
    private long StartOf(Leaf leaf) =>
        !starts.IsDefaultOrEmpty && LeafOf(leaf) is { } own && own.Index < starts.Length ? starts[own.Index] : 0;

    /// <summary>
    /// The number of finished updates when the slots of a transform started for a leaf:
    /// that of the first slot that the leaf has.
    /// </summary>
    internal static long StartOf(ImmutableArray<SlotPlan> slots, PlacedTransform placed, Leaf leaf)
    {
        for (int slot = placed.FirstSlot; slot < placed.FirstSlot + placed.SlotNames.Length; slot++)
        {
            if (slots[slot].LeafOf(leaf) is not null) return slots[slot].StartOf(leaf);
        }

        return 0;
    }

    private void Keep(Leaf leaf, ImmutableArray<int> shape)
    {
        (int start, int length) = leaf.PieceOf(shape.AsSpan());
        pieces.Add((leaf.Name, [.. shape], start, length));
    }

    private bool SameShapes(SlotPlan other) => pieces.Count == other.pieces.Count
        && pieces.Zip(other.pieces).All(pair =>
            pair.Item1.Name == pair.Item2.Name && pair.Item1.Shape.AsSpan().SequenceEqual(pair.Item2.Shape));
}
