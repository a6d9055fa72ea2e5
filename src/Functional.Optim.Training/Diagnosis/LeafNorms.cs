using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Training;

/// <summary>
/// The norms of parameters, gradients and updates at a step, leaf by leaf, for any optimizer. They are equal when the
/// steps, the names and all bits of the norms are.
/// </summary>
/// <param name="Step">The number of the step, from 1.</param>
/// <param name="Leaves">The norms, in the order of the layout.</param>
public sealed record LeafNorms(long Step, ImmutableArray<LeafNorm> Leaves)
{
    /// <summary>
    /// Measures a step: three passes over its trees, in double, in blocks of a fixed order, so the bits do not depend
    /// on the number of threads. Of a shard (<see cref="TreeShard"/>) all processes measure the whole trees together.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="step">The number of the step, from 1.</param>
    /// <param name="before">θ.</param>
    /// <param name="gradients">g, of the same layout.</param>
    /// <param name="after">θ', of the same layout.</param>
    /// <exception cref="ArgumentException">The layouts differ.</exception>
    /// <exception cref="ObjectDisposedException">A tree was consumed.</exception>
    public static LeafNorms Of<T>(
        long step, ParameterTree<T> before, ParameterTree<T> gradients, ParameterTree<T> after)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        before.Layout.RequireSame(gradients.Layout, nameof(gradients));
        before.Layout.RequireSame(after.Layout, nameof(after));
        if (before.Layout.Shard is { } shard)
        {
            ParameterTree<T>[] whole = [shard.Gather(before), shard.Gather(gradients), shard.Gather(after)];
            LeafNorms ofWhole = Of(step, whole[0], whole[1], whole[2]);
            foreach (ParameterTree<T> tree in whole) tree.Release(nameof(LeafNorms));
            return ofWhole;
        }

        LeafNorm[] norms = new LeafNorm[before.Layout.Leaves.Length];
        foreach (Leaf leaf in before.Layout.Leaves)
        {
            ReadOnlySpan<T> parameters = before.AsSpan(leaf);
            norms[leaf.Index] = new LeafNorm(
                leaf.Name,
                BlockReduction.Norm(parameters),
                BlockReduction.Norm(gradients.AsSpan(leaf)),
                BlockReduction.Distance(after.AsSpan(leaf), parameters));
        }

        return new LeafNorms(step, ImmutableCollectionsMarshal.AsImmutableArray(norms));
    }

    /// <summary>Whether the steps, the names and all bits of the norms are the same.</summary>
    /// <param name="other">The other norms.</param>
    public bool Equals(LeafNorms? other) =>
        other is not null && Step == other.Step && Leaves.AsSpan().SequenceEqual(other.Leaves.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Step, Leaves.Length);
}
