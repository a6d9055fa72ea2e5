using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>One slot of the state under a plan: whose it is, which leaves have it, and of which shapes.</summary>
/// <param name="owner">The transform that keeps it.</param>
/// <param name="index">Which of its slots.</param>
/// <param name="parameters">The layout of the parameters, whose leaves are added in order.</param>
internal sealed class SlotPlan(PlacedTransform owner, int index, TreeLayout parameters)
{
    /// <summary>The leaves of the slot, once it has another layout than the parameters.</summary>
    private readonly List<(string Name, int[] Shape)> shapes = [];
    private ImmutableArray<long> starts;
    private bool differs;

    internal PlacedTransform Owner => owner;

    /// <summary>How the slot is kept.</summary>
    internal StateFormat Format => owner.Format;

    /// <summary>Which of the owner's slots.</summary>
    internal int Index => index;

    /// <summary>The layout; <see langword="null"/> where it is that of the parameters.</summary>
    internal TreeLayout? Layout { get; private set; }

    /// <summary>Takes the next leaf, if the slot has it.</summary>
    internal void Add(Leaf leaf, bool has)
    {
        ImmutableArray<int>? shape = has ? owner.Transform.SlotShape(index, leaf) : null;
        if (has && !owner.Transform.TransformsLeaves && !(shape is { } given && given.AsSpan().SequenceEqual(leaf.Shape.AsSpan())))
        {
            throw new InvalidOperationException(
                $"{owner.Transform} works element by element, and has its slot '{owner.SlotNames[index]}' of {leaf} "
                + (shape is { } other ? $"in the shape [{string.Join(", ", other)}]" : "left out") + "; allowed is the leaf's own shape.");
        }

        if (!differs)
        {
            if (shape is { } own && (own == leaf.Shape || own.AsSpan().SequenceEqual(leaf.Shape.AsSpan()))) return;
            differs = true;
            foreach (Leaf before in parameters.Leaves.AsSpan(..leaf.Index)) shapes.Add((before.Name, [.. before.Shape]));
        }

        if (shape is { } kept) shapes.Add((leaf.Name, [.. kept]));
    }

    /// <summary>Decides the layout, that of a slot before where it is the same.</summary>
    internal void Seal(IEnumerable<SlotPlan> before)
    {
        if (!differs) return;
        Layout = before.FirstOrDefault(slot => slot.Layout is not null && slot.Owner == owner && SameShapes(slot))?.Layout
            ?? TreeLayout.Of([.. shapes]);
    }

    internal void StartFrom(ImmutableArray<long> leafStarts) => starts = leafStarts;

    /// <summary>The leaf of the slot for one of the parameters; <see langword="null"/> where it has none.</summary>
    internal Leaf? LeafOf(Leaf leaf) => Layout is null ? leaf : Layout.Find(leaf.Name);

    internal int ShiftOf(Leaf leaf) => Layout is null || owner.Transform.TransformsLeaves ? 0 : (LeafOf(leaf)?.Offset ?? leaf.Offset) - leaf.Offset;

    /// <summary>A state that does not fit has starts for fewer leaves; it is refused after the plan is made.</summary>
    private long StartOf(Leaf leaf) =>
        !starts.IsDefaultOrEmpty && LeafOf(leaf) is { } own && own.Index < starts.Length ? starts[own.Index] : 0;

    /// <summary>When the slots of a transform started for a leaf: that of the first slot which the leaf has.</summary>
    internal static long StartOf(ImmutableArray<SlotPlan> slots, PlacedTransform placed, Leaf leaf)
    {
        for (int slot = placed.FirstSlot; slot < placed.FirstSlot + placed.SlotNames.Length; slot++)
        {
            if (slots[slot].LeafOf(leaf) is not null) return slots[slot].StartOf(leaf);
        }

        return 0;
    }

    private bool SameShapes(SlotPlan other) =>
        shapes.Count == other.shapes.Count
        && shapes.Zip(other.shapes).All(pair => pair.Item1.Name == pair.Item2.Name && pair.Item1.Shape.AsSpan().SequenceEqual(pair.Item2.Shape));
}
