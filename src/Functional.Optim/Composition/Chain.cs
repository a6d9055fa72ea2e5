using System.Collections.Immutable;

namespace Functional.Optim;

/// <summary>Transforms in order. Chains are equal when their transforms and groups are.</summary>
internal sealed record Chain : Optimizer
{
    private readonly ImmutableArray<Transform> parts;

    internal Chain(ImmutableArray<Transform> parts) => this.parts = parts;

    protected internal override ImmutableArray<Transform> Parts => parts;

    public bool Equals(Chain? other) =>
        base.Equals(other) && parts.SequenceEqual(other!.parts);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (Transform part in parts) hash.Add(part);
        return hash.ToHashCode();
    }

    private protected override string Text => parts.IsEmpty ? "Identity" : string.Join(" then ", parts);
}
