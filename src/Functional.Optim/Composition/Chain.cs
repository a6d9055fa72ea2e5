using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>Transforms in order. Chains are equal when their transforms and groups are.</summary>
internal sealed record Chain : Optimizer
{
    private readonly ImmutableArray<Transform> parts;

    internal Chain(ImmutableArray<Optimizer> items)
    {
        Items = items;
        parts = [.. items.SelectMany(static item => Composition.TransformsOf(item).AsEnumerable())];
    }

    /// <summary>What was composed, in order and without groups; a composition of its own is taken in.</summary>
    internal ImmutableArray<Optimizer> Items { get; }

    protected internal override ImmutableArray<Transform> Transforms => parts;

    public bool Equals(Chain? other) =>
        base.Equals(other) && parts.SequenceEqual(other!.parts);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (Transform part in parts) hash.Add(part);
        return hash.ToHashCode();
    }
}
