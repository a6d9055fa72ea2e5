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

    /// <summary>The names of the state slots this part keeps; 0 to 4.</summary>
    protected internal virtual ImmutableArray<string> SlotNames => [];

    /// <summary>Writes what a slot holds of a leaf before the first update; it comes as zeros.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="slot">The slot, as in <see cref="SlotNames"/>.</param>
    /// <param name="parameters">The leaf of the parameters at the start.</param>
    /// <param name="values">The same leaf of the slot.</param>
    protected internal virtual void InitSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>Whether the part must see the whole update before it can work on its first element: see <see cref="Measure"/>.</summary>
    protected internal virtual bool Measures => false;

    /// <summary>Whether each leaf is measured by itself, so that leaves alike must not be worked on as one range.</summary>
    protected internal virtual bool LeafByLeaf => false;

    /// <summary>Measures the update before the part works on it.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="update">The update that enters the part, and the parameters.</param>
    /// <param name="measured">A number per range, which <see cref="Append"/> finds as <see cref="RulePass{T}.Measured"/>.</param>
    /// <exception cref="NonFiniteGradientException">The update is not finite and the part cannot do without; nothing was changed.</exception>
    protected internal virtual void Measure<T>(in Measurement<T> update, Span<double> measured)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>Whether the part changes the update by more than a rule for each element can: see <see cref="Rewrite"/>.</summary>
    protected internal virtual bool Rewrites => false;

    /// <summary>Writes a new update, leaf by leaf, before the rules of the pass run.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="update">The update before and after, and the parameters.</param>
    protected internal virtual void Rewrite<T>(in Rewriting<T> update)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>The decay λ that this part gives a leaf, for reports; 0 when it does not decay.</summary>
    protected internal virtual double DecayOf(Leaf leaf) => 0;

    /// <summary>Whether the part multiplies the update by a learning rate, which <see cref="RateAt"/> tells.</summary>
    protected internal virtual bool IsLearningRate => false;

    /// <summary>The rate this part multiplies the update by at a step; 1 when it has none.</summary>
    protected internal virtual double RateAt(long step) => 1;

    /// <summary>
    /// What of this part depends on the leaf: neighbouring leaves with the same factor are worked on together. A part is a learning rate
    /// where it depends on <see cref="LeafSettings.LearningRateMultiplier"/>, which all but the last of an optimizer see as 1.
    /// </summary>
    protected internal virtual double FactorOf(Leaf leaf, LeafSettings settings) => 1;

    /// <summary>
    /// Appends this part's rule to those before it, once: <c>pass.Then(first, new MyRule&lt;T&gt;(…))</c>; by default one that changes
    /// nothing. Its constants may differ from leaf to leaf, its type may not, and it has as many slots as the part has names.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TFirst">The rules before.</typeparam>
    protected internal virtual void Append<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFirst : unmanaged, IUpdateRule<T> => pass.Then(first, default(IdentityRule<T>));
}
