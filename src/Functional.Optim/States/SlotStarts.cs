using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>
/// The number of finished updates at which each leaf of each slot started: 0 unless it joined later. Bias correction
/// counts from there.
/// </summary>
internal sealed class SlotStarts(ImmutableArray<ImmutableArray<long>> ofSlots) : IEquatable<SlotStarts>
{
    /// <summary>By slot, then by leaf of the slot; empty for a slot whose leaves all started at 0.</summary>
    internal ImmutableArray<ImmutableArray<long>> OfSlots { get; } = ofSlots;

    /// <summary>The starts; <see langword="null"/> where all are 0.</summary>
    internal static SlotStarts? Of(ImmutableArray<ImmutableArray<long>> ofSlots) =>
        ofSlots.All(leaves => leaves.AsSpan().IndexOfAnyExcept(0) < 0) ? null : new(ofSlots);

    /// <summary>The starts of a state whose leaves were not updated by some of its updates.</summary>
    /// <param name="schema">The schema of the state.</param>
    /// <param name="layout">The layout of the parameters.</param>
    /// <param name="missed">How many updates each leaf of the layout missed since the starts of the schema.</param>
    internal static SlotStarts? Later(StateSchema schema, TreeLayout layout, ReadOnlySpan<long> missed)
    {
        ImmutableArray<long>[] ofSlots = new ImmutableArray<long>[schema.SlotCount];
        for (int slot = 0; slot < ofSlots.Length; slot++)
        {
            TreeLayout own = schema.SlotLayouts[slot] ?? layout;
            ImmutableArray<long> before = schema.Starts?.OfSlots[slot] ?? [];
            long[] starts = before.IsDefaultOrEmpty ? new long[own.Leaves.Length] : [.. before];
            foreach (Leaf leaf in layout.Leaves)
                if (own.Find(leaf.Name) is { } kept) starts[kept.Index] += missed[leaf.Index];
            ofSlots[slot] = starts.AsSpan().ContainsAnyExcept(0) ? [.. starts] : [];
        }

        return Of([.. ofSlots]);
    }

    /// <summary>Whether starts are those of a slot after some updates: none, or one of each leaf.</summary>
    internal static bool Fit(ReadOnlySpan<long> starts, int leaves, long updates) =>
        (starts.IsEmpty || starts.Length == leaves) && !starts.ContainsAnyExceptInRange(0, updates);

    public bool Equals(SlotStarts? other) =>
        other is not null && OfSlots.Length == other.OfSlots.Length
        && OfSlots.Zip(other.OfSlots).All(pair => pair.Item1.AsSpan().SequenceEqual(pair.Item2.AsSpan()));

    public override bool Equals(object? obj) => Equals(obj as SlotStarts);

    public override int GetHashCode() => OfSlots.Length;
}
