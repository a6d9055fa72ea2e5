using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// One stage of an optimizer. By itself it is an optimizer that applies its update: θ' = θ − u.
/// <see cref="Composition.Then"/> composes transforms.
/// </summary>
/// <remarks>
/// An elementwise transform adds a rule (<see cref="AddRule"/>); the rule gets its slots, which have the shape of the
/// leaf. A transform of whole leaves, such as matrices, overrides <see cref="TransformLeaf"/>; <see cref="SlotShape"/>
/// gives its slots their shapes. A transform that needs a norm measures it first (<see cref="Measure"/>).
/// </remarks>
public abstract record Transform : Optimizer
{
    /// <inheritdoc/>
    protected internal sealed override ImmutableArray<Transform> Transforms => [this];

    /// <summary>A part of an optimizer that has no text of its own prints as the optimizer is called.</summary>
    private protected sealed override string Text =>
        EqualityContract is { IsVisible: false } part && part.Assembly == typeof(Transform).Assembly
            ? OptimizerText.TryWrite(this) ?? OptimizerName
            : base.Text;

    /// <summary>What the optimizer is called of which it is a part.</summary>
    private protected virtual string OptimizerName => StateName;

    /// <summary>The names of its slots in the state; at most 4 for an elementwise transform.</summary>
    protected internal virtual ImmutableArray<string> SlotNames => [];

    /// <summary>
    /// The kind of its slots in <see cref="OptimizerState{T}.Identity"/>; by default the name of the type. A state or a
    /// file with another kind is rejected, so change it when the meaning of the slots changes, and only then.
    /// </summary>
    protected internal virtual string StateName => StateIdentity.NameOf(EqualityContract);

    /// <summary>
    /// Why the transform cannot process a leaf, and what to do about it, as a sentence that names
    /// the leaf; <see langword="null"/> when it can. An optimizer with such a leaf does not start.
    /// Frozen and empty leaves are not checked.
    /// </summary>
    /// <param name="leaf">A leaf that goes through the transform.</param>
    protected internal virtual string? Refuses(Leaf leaf) => null;

    /// <summary>
    /// The shape of a slot for a leaf; <see langword="null"/> when the leaf does not have the slot. For an elementwise
    /// transform it must be the shape of the leaf.
    /// </summary>
    /// <param name="slot">The index in <see cref="SlotNames"/>.</param>
    /// <param name="leaf">A leaf of the parameters.</param>
    protected internal virtual ImmutableArray<int>? SlotShape(int slot, Leaf leaf)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        return leaf.Shape;
    }

    /// <summary>Initializes a slot of a leaf before the first update; the slot is zero when this is called.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="slot">The index in <see cref="SlotNames"/>.</param>
    /// <param name="parameters">The leaf of the initial parameters.</param>
    /// <param name="values">The leaf of the slot.</param>
    protected internal virtual void InitSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>The names of its scalars: numbers of the state for all leaves together.</summary>
    protected internal virtual ImmutableArray<string> ScalarNames => [];

    /// <summary>
    /// Those of <see cref="ScalarNames"/> that tell how a training goes, for reports; none by default.
    /// </summary>
    protected internal override ImmutableArray<string> ReportedScalars => [];

    /// <summary>Initializes the scalars before the first update; they are zero when this is called.</summary>
    /// <param name="scalars">The scalars, in the order of <see cref="ScalarNames"/>.</param>
    protected internal virtual void InitScalars(Span<double> scalars)
    {
    }

    /// <summary>
    /// Whether its scalars count from one update for all leaves. Then, if one leaf starts again
    /// (<see cref="Optimizer.Continue"/>), all leaves and the scalars start again.
    /// </summary>
    protected internal virtual bool StartsTogether => false;

    /// <summary>
    /// Whether its slots are parameters or averages of parameters. Such slots are always stored in full, because
    /// another format would round the parameters.
    /// </summary>
    protected internal virtual bool KeepsParameters => false;

    /// <summary>The format in which its slots are stored, inside an optimizer with a format.</summary>
    internal StateFormat SlotFormatIn(StateFormat? outer) =>
        KeepsParameters ? Optim.StateFormat.Full : StateFormat ?? outer ?? Optim.StateFormat.Full;

    /// <summary>
    /// Updates the scalars of the last step to those of this one. It is called
    /// after <see cref="Measure"/> of the gradient.
    /// </summary>
    /// <param name="step">t, the number of this update, from 1.</param>
    /// <param name="scalars">The scalars, in the order of <see cref="ScalarNames"/>.</param>
    protected internal virtual void UpdateScalars(long step, Span<double> scalars)
    {
    }

    /// <summary>
    /// Whether the transform must measure the whole update before it changes any element: see <see cref="Measure"/>.
    /// </summary>
    protected internal virtual bool NeedsStatistics => false;

    /// <summary>
    /// Whether each leaf is measured separately, so that leaves with the same settings do not form one range.
    /// </summary>
    protected internal virtual bool LeafByLeaf => false;

    /// <summary>
    /// Whether <see cref="Measure"/> asks for nothing but L2 norms of single leaves. Then the update need not be in
    /// memory (<see cref="UnwrittenUpdate{T}"/>).
    /// </summary>
    internal virtual bool MeasuresOnlyNorms => false;

    /// <summary>
    /// Whether <see cref="TransformLeaf"/> reads <see cref="LeafContext{T}.Gradient"/>. A donated gradient then keeps
    /// its memory until the end of the step, and the update gets memory of its own.
    /// </summary>
    protected internal virtual bool ReadsGradient => false;

    /// <summary>Measures the update before the transform changes it.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="update">The incoming update, and the parameters.</param>
    /// <param name="measured">
    /// One result for each range; <see cref="AddRule"/> reads it as <see cref="RulePass{T}.Measured"/>.
    /// </param>
    /// <exception cref="NonFiniteGradientException">
    /// The update is not finite and the transform cannot use such an update; nothing has changed.
    /// </exception>
    protected internal virtual void Measure<T>(in UpdateStatistics<T> update, Span<double> measured)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>
    /// Whether the transform changes whole leaves, which no elementwise rule can do: see <see cref="TransformLeaf"/>.
    /// </summary>
    protected internal virtual bool TransformsLeaves => false;

    /// <summary>
    /// Writes the new update of one leaf, and its slots. Leaves are processed in parallel, so it
    /// must not change anything outside its leaf.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="leaf">The leaf: its incoming and outgoing update, parameters, slots and scratch memory.</param>
    protected internal virtual void TransformLeaf<T>(in LeafContext<T> leaf)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>The scratch memory that <see cref="TransformLeaf"/> needs for a leaf, in elements of 8 bytes.</summary>
    /// <param name="leaf">A leaf of the parameters.</param>
    protected internal virtual int ScratchLength(Leaf leaf) => 0;

    /// <summary>Whether <see cref="TransformLeaf"/> cannot throw, so that a donating step may run in place.</summary>
    private protected virtual bool NeverThrows => false;

    /// <inheritdoc cref="NeverThrows"/>
    internal bool CannotThrow => NeverThrows;

    /// <summary>Whether the parameters for evaluation may differ from θ: see <see cref="Evaluate"/>.</summary>
    protected internal virtual bool ChangesEvaluation => false;

    /// <summary>Writes the parameters for evaluation of one leaf.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="leaf">θ, the slots and the scalars after a step.</param>
    /// <param name="evaluated">The result; it is θ when this is called.</param>
    protected internal virtual void Evaluate<T>(in EvaluationContext<T> leaf, Span<T> evaluated)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>The weight decay λ that this transform applies to a leaf, for reports; 0 for none.</summary>
    /// <param name="leaf">A leaf of the parameters.</param>
    protected internal virtual double WeightDecayFor(Leaf leaf) => 0;

    /// <summary>Whether it multiplies the update by the learning rate of <see cref="RateAt"/>.</summary>
    protected internal virtual bool IsLearningRate => false;

    /// <summary>
    /// The learning rate by which this transform multiplies the update of a step; 1 when it has none.
    /// </summary>
    /// <param name="step">The number of the update, from 1.</param>
    protected internal virtual double RateAt(long step) => 1;

    /// <summary>
    /// A factor that depends on the leaf. Consecutive leaves with the same factors are processed together. A transform
    /// whose factor depends on <see cref="LeafSettings.LearningRateMultiplier"/> is a learning rate. Only the last
    /// learning rate of an optimizer gets the multiplier; the others get 1.
    /// </summary>
    /// <param name="leaf">A leaf of the parameters.</param>
    /// <param name="settings">The settings of the leaf.</param>
    protected internal virtual double PerLeafFactor(Leaf leaf, LeafSettings settings) => 1;

    /// <summary>
    /// Adds the rule of this transform to the rules before it, with one call: <c>pass.Add(first, new
    /// MyRule&lt;T&gt;(…))</c>. By default it adds a rule that changes nothing.
    /// </summary>
    /// <remarks>
    /// The constants of the rule may differ from leaf to leaf, its type may not. The rule has as many slots as the
    /// transform has names, or none for a transform of whole leaves.
    /// </remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TFirst">The type of the rules before.</typeparam>
    /// <param name="first">The rules before.</param>
    /// <param name="pass">The pass that gets the rule.</param>
    protected internal virtual void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFirst : unmanaged, IUpdateRule<T> => pass.Add(first, default(IdentityRule<T>));
}
