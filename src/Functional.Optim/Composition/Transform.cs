using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// One step of an optimizer, and by itself an optimizer that applies its update: θ' = θ − u. Transforms are composed with
/// <see cref="Composition.Then"/>.
/// </summary>
/// <remarks>
/// An elementwise transform appends a rule (<see cref="AddRule"/>), on which its slots, of the leaf's own shape, are handed. One that
/// needs a whole leaf, such as a matrix, overrides <see cref="TransformLeaf"/>; its slots have the shapes that
/// <see cref="SlotShape"/> gives them. One that needs a norm first measures it (<see cref="Measure"/>).
/// </remarks>
public abstract record Transform : Optimizer
{
    /// <inheritdoc/>
    protected internal sealed override ImmutableArray<Transform> Parts => [this];

    /// <summary>The names of the state slots it keeps; at most 4 where a rule works on them.</summary>
    protected internal virtual ImmutableArray<string> SlotNames => [];

    /// <summary>
    /// What the transform is called in <see cref="OptimizerState{T}.Identity"/>: the name of its type unless it says otherwise. A state, and a file of
    /// one, is refused once it changes, so change it when the slots come to mean something else, and only then.
    /// </summary>
    protected internal virtual string StateName => StateIdentity.NameOf(EqualityContract);

    /// <summary>
    /// Why the transform cannot work on a leaf, and what to do with it, as a sentence that names the leaf; <see langword="null"/> where
    /// it can. An optimizer with a leaf that is refused does not start. Frozen and empty leaves are not asked for.
    /// </summary>
    /// <param name="leaf">A leaf of the parameters that goes through the transform.</param>
    protected internal virtual string? Refuses(Leaf leaf) => null;

    /// <summary>The shape of a slot for a leaf; <see langword="null"/> where the leaf has none. A rule takes the leaf's own only.</summary>
    /// <param name="slot">The slot, as in <see cref="SlotNames"/>.</param>
    /// <param name="leaf">A leaf of the parameters.</param>
    protected internal virtual ImmutableArray<int>? SlotShape(int slot, Leaf leaf)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        return leaf.Shape;
    }

    /// <summary>Writes what a slot holds of a leaf before the first update; it comes as zeros.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="slot">The slot, as in <see cref="SlotNames"/>.</param>
    /// <param name="parameters">The leaf of the parameters at the start.</param>
    /// <param name="values">The same leaf of the slot.</param>
    protected internal virtual void InitSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>The names of the numbers that it keeps for the whole tree.</summary>
    protected internal virtual ImmutableArray<string> ScalarNames => [];

    /// <summary>Writes the scalars before the first update; they come as zeros.</summary>
    /// <param name="scalars">The scalars, as in <see cref="ScalarNames"/>.</param>
    protected internal virtual void InitScalars(Span<double> scalars)
    {
    }

    /// <summary>
    /// Whether its scalars count since an update that is the same for every leaf: where one leaf starts anew, all do, and the scalars too
    /// (<see cref="Optimizer.Continue"/>).
    /// </summary>
    protected internal virtual bool StartsTogether => false;

    /// <summary>
    /// Whether its slots are parameters, or averages of them: they are kept in full, as another format would round the parameters
    /// themselves.
    /// </summary>
    protected internal virtual bool KeepsParameters => false;

    /// <summary>Changes the scalars of the step before into those of this one, after <see cref="Measure"/> has seen the gradient.</summary>
    /// <param name="step">t, the number of the update being made, from 1.</param>
    /// <param name="scalars">The scalars, as in <see cref="ScalarNames"/>.</param>
    protected internal virtual void UpdateScalars(long step, Span<double> scalars)
    {
    }

    /// <summary>Whether the transform must see the whole update before it can work on its first element: see <see cref="Measure"/>.</summary>
    protected internal virtual bool NeedsStatistics => false;

    /// <summary>Whether each leaf is measured by itself, so that leaves alike must not be worked on as one range.</summary>
    protected internal virtual bool LeafByLeaf => false;

    /// <summary>NeedsStatistics the update before the transform works on it.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="update">The update that enters the transform, and the parameters.</param>
    /// <param name="measured">A number per range, which <see cref="AddRule"/> finds as <see cref="RulePass{T}.Measured"/>.</param>
    /// <exception cref="NonFiniteGradientException">The update is not finite and the transform cannot do without; nothing was changed.</exception>
    protected internal virtual void Measure<T>(in UpdateStatistics<T> update, Span<double> measured)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>Whether the transform changes the update by more than a rule for each element can: see <see cref="TransformLeaf"/>.</summary>
    protected internal virtual bool TransformsLeaves => false;

    /// <summary>
    /// Writes a new update of one leaf, and its slots. Leaves are worked on side by side on the threads, so it touches nothing but
    /// its leaf.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="leaf">The leaf: its update before and after, its parameters, slots and scratch memory.</param>
    protected internal virtual void TransformLeaf<T>(in LeafContext<T> leaf)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>How much scratch memory <see cref="TransformLeaf"/> wants for a leaf, in elements of 8 bytes.</summary>
    /// <param name="leaf">A leaf of the parameters.</param>
    protected internal virtual int ScratchLength(Leaf leaf) => 0;

    /// <summary>Whether <see cref="TransformLeaf"/> is known never to throw, so that a donating step can be made in place.</summary>
    private protected virtual bool NeverThrows => false;

    /// <inheritdoc cref="NeverThrows"/>
    internal bool CannotThrow => NeverThrows;

    /// <summary>Whether the parameters to evaluate are others than θ: see <see cref="Evaluate"/>.</summary>
    protected internal virtual bool ChangesEvaluation => false;

    /// <summary>Writes the parameters to evaluate, of one leaf.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="leaf">θ, the slots and the scalars after a step.</param>
    /// <param name="evaluated">Where they go; comes as θ.</param>
    protected internal virtual void Evaluate<T>(in EvaluationContext<T> leaf, Span<T> evaluated)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>The decay λ that this transform gives a leaf, for reports; 0 when it does not decay.</summary>
    protected internal virtual double WeightDecayFor(Leaf leaf) => 0;

    /// <summary>Whether it multiplies the update by a learning rate, which <see cref="RateAt"/> tells.</summary>
    protected internal virtual bool IsLearningRate => false;

    /// <summary>The rate this transform multiplies the update by at a step; 1 when it has none.</summary>
    protected internal virtual double RateAt(long step) => 1;

    /// <summary>
    /// What of this transform depends on the leaf: neighbouring leaves with the same factor are worked on together. A transform is a
    /// learning rate where it depends on <see cref="LeafSettings.LearningRateMultiplier"/>, which all but the last of an optimizer
    /// see as 1.
    /// </summary>
    protected internal virtual double PerLeafFactor(Leaf leaf, LeafSettings settings) => 1;

    /// <summary>
    /// Appends this transform's rule to those before it, once: <c>pass.Add(first, new MyRule&lt;T&gt;(…))</c>; by default one that
    /// changes nothing. Its constants may differ from leaf to leaf, its type may not, and it has as many slots as the transform has
    /// names, or none where the transform changes whole leaves.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TFirst">The rules before.</typeparam>
    protected internal virtual void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFirst : unmanaged, IUpdateRule<T> => pass.Add(first, default(IdentityRule<T>));
}
