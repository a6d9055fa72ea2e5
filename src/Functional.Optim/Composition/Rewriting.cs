using System.Numerics;

namespace Functional.Optim;

/// <summary>The update while a part writes it anew, leaf by leaf; frozen leaves are not among them.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly ref struct Rewriting<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ReadOnlySpan<T> parameters;
    private readonly ReadOnlySpan<T> before;
    private readonly Span<T> after;

    internal Rewriting(ReadOnlySpan<Leaf> leaves, ReadOnlySpan<T> parameters, ReadOnlySpan<T> before, Span<T> after, long step)
    {
        Leaves = leaves;
        this.parameters = parameters;
        this.before = before;
        this.after = after;
        Step = step;
    }

    /// <summary>t, the number of the update being made, from 1.</summary>
    public long Step { get; }

    /// <summary>The leaves to rewrite; every element of each must be written.</summary>
    public ReadOnlySpan<Leaf> Leaves { get; }

    /// <summary>θ of a leaf.</summary>
    public ReadOnlySpan<T> Parameters(Leaf leaf) => parameters.Slice(leaf.Offset, leaf.Length);

    /// <summary>The update of a leaf as it comes.</summary>
    public ReadOnlySpan<T> Before(Leaf leaf) => before.Slice(leaf.Offset, leaf.Length);

    /// <summary>The update of a leaf as it leaves; it may be the memory of <see cref="Before"/>.</summary>
    public Span<T> After(Leaf leaf) => after.Slice(leaf.Offset, leaf.Length);
}
