using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// One part of an optimizer, and by itself an optimizer that applies its update: θ' = θ − u. Parts are composed with
/// <see cref="Composition.Then"/>.
/// </summary>
public abstract record Transform : Optimizer
{
    /// <inheritdoc/>
    protected internal sealed override ImmutableArray<Transform> Parts => [this];

    /// <summary>The names of the state slots this part keeps.</summary>
    protected internal virtual ImmutableArray<string> SlotNames => [];

    /// <summary>Writes what a slot holds before the first update; it comes as zeros.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="slot">The slot, as in <see cref="SlotNames"/>.</param>
    /// <param name="parameters">The parameters at the start.</param>
    /// <param name="buffer">The slot, of the same layout.</param>
    protected internal virtual void InitSlot<T>(int slot, ParameterTree<T> parameters, TreeBuffer<T> buffer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>Whether the part must see the norm of the whole update before it can work on its first element.</summary>
    protected internal virtual bool NeedsNorm => false;

    /// <summary>The decay λ that this part gives a leaf, for reports; 0 when it does not decay.</summary>
    protected internal virtual double DecayOf(Leaf leaf) => 0;

    /// <summary>The rate this part multiplies the update by at a step; 1 when it has none.</summary>
    protected internal virtual double RateAt(long step) => 1;

    /// <summary>What of this part depends on the leaf: neighbouring leaves with the same factor are worked on together.</summary>
    protected internal virtual double FactorOf(Leaf leaf, LeafSettings settings) => 1;

    /// <summary>Appends this part's rule to those before it: <c>pass.Then(first, new MyRule&lt;T&gt;(…))</c>.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TFirst">The rules before.</typeparam>
    protected internal abstract void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFirst : unmanaged, IUpdateRule<T>;
}
