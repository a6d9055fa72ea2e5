namespace Functional.Optim;

/// <summary>Leaves with an address each, and which of them have a gradient in a step.</summary>
/// <param name="hasGradient">By the index of the leaf; not changed later.</param>
internal sealed class ScatteredLeaves(bool[] hasGradient) : IEquatable<ScatteredLeaves>
{
    /// <summary>Whether a step moves the leaf; one that it does not move keeps its state too.</summary>
    internal bool HasGradient(Leaf leaf) => hasGradient[leaf.Index];

    public bool Equals(ScatteredLeaves? other) =>
        ReferenceEquals(this, other) || (other is not null && Are(other.AsSpan()));

    public override bool Equals(object? obj) => Equals(obj as ScatteredLeaves);

    public override int GetHashCode() => hasGradient.Length;

    /// <summary>Whether these leaves have a gradient.</summary>
    internal bool Are(ReadOnlySpan<bool> leaves) => hasGradient.AsSpan().SequenceEqual(leaves);

    private ReadOnlySpan<bool> AsSpan() => hasGradient;
}
