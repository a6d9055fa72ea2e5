using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// An optimizer that scales each element of the update by one rule: most are. The record has the settings, the rule and
/// the names of its slots; the penalty or decay, the learning rate, the transform for compositions and the step over
/// spans follow from them. A custom optimizer can derive from it.
/// </summary>
public abstract record ElementwiseOptimizer : ScalingOptimizer
{
    /// <summary>An optimizer whose settings its initializer gives.</summary>
    protected ElementwiseOptimizer()
    {
    }

    /// <summary>The names of the state slots of the rule; at most 4.</summary>
    protected internal abstract ImmutableArray<string> ScalingSlots { get; }

    /// <summary>
    /// What the rule is called in <see cref="OptimizerState{T}.Identity"/>: the name of the type. Change it where the
    /// slots come to mean something else, and only then.
    /// </summary>
    protected internal virtual string ScalingName => StateIdentity.NameOf(EqualityContract);

    /// <summary>
    /// Adds the rule that scales the update, once: <c>pass.Add(first, new MyRule&lt;T&gt;(…))</c>. The penalty or decay
    /// and the learning rate are not part of it.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TFirst">The rules before.</typeparam>
    /// <param name="first">The rules before.</param>
    /// <param name="pass">The pass, which has the number of the update.</param>
    protected internal abstract void AddScaling<T, TFirst>(in TFirst first, ref RulePass<T> pass)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFirst : unmanaged, IUpdateRule<T>;

    /// <summary>Writes what a slot holds before the first update; it comes as zeros.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="slot">The slot, as in <see cref="ScalingSlots"/>.</param>
    /// <param name="parameters">The parameters at the start.</param>
    /// <param name="values">The slot.</param>
    protected internal virtual void InitScalingSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
    }

    /// <summary>
    /// One update over spans: no tree, no allocation. The rate and the decay are those of the schedules at this update;
    /// spans have no leaf, so decay goes to all elements or to none.
    /// </summary>
    /// <remarks>
    /// The slots of each optimizer are named by its state, such as <see cref="AdamState{T}"/>: m, then v. Before the
    /// first update they hold what <c>Init</c> gives them, mostly zeros. An output may be the same span as its input;
    /// otherwise spans must not overlap. Lengths are those of the parameters. Any number of threads may step at the
    /// same time over different spans.
    /// </remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="step">t, the number of this update, from 1.</param>
    /// <param name="parameters">θ.</param>
    /// <param name="gradient">g.</param>
    /// <param name="slots">The slots before the update.</param>
    /// <param name="newParameters">θ'; may be <paramref name="parameters"/>.</param>
    /// <param name="newSlots">The slots after the update; may be <paramref name="slots"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is below 1.</exception>
    /// <exception cref="ArgumentException">Lengths differ, or an output overlaps an input without being it.</exception>
    /// <exception cref="InvalidOperationException">
    /// A schedule gives a value that its setting does not allow, or the optimizer has what spans cannot carry: groups,
    /// a filter of leaves for its decay, or a format of the state.
    /// </exception>
    public void Step<T>(
        long step, ReadOnlySpan<T> parameters, ReadOnlySpan<T> gradient, in ReadOnlySlotSpans<T> slots,
        Span<T> newParameters, in SlotSpans<T> newSlots)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        Check();
        if (!Groups.IsEmpty) throw NeedsLeaves("groups", Groups.Length, "none");
        if (StateFormat is { } format) throw NeedsLeaves("a state format", format, "none");
        if (!ReferenceEquals(DecayFilter, LeafFilter.All) && !ReferenceEquals(DecayFilter, LeafFilter.None))
            throw NeedsLeaves("a decay filter", DecayFilter, "all or none");
        double decay = ReferenceEquals(DecayFilter, LeafFilter.None)
            ? 0
            : DecayAt(step);
        Run(new SpanStep<T>(slots, newSlots)
        {
            Step = step,
            Penalty = DecouplesDecay ? 0 : decay,
            Decay = DecouplesDecay ? decay : 0,
            DecayForm = DecayForm,
            Rate = Rate.SettingAt(step, Bounds.NotNegative, nameof(LearningRate)),
            Maximize = Maximize,
            Parameters = parameters,
            Gradient = gradient,
            NewParameters = newParameters,
        });
    }

    /// <summary>
    /// The transform that scales the update by the rule, without decay and learning rate, for compositions.
    /// </summary>
    protected Optimizer ToScaling() => Scaling;

    /// <inheritdoc/>
    private protected override ImmutableArray<Transform> ScalingTransforms => [Scaling];

    /// <summary>
    /// A copy in its transform: a plan that led back to the optimizer would keep it as long as a layout.
    /// </summary>
    private OptimizerScaling Scaling => new(this with { Groups = [], StateFormat = null });

    /// <summary>Runs an update over spans.</summary>
    private protected virtual void Run<T>(in SpanStep<T> spans)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RulePass<T> pass = new(spans);
        AddScaling(default(IdentityRule<T>), ref pass);
    }

    private InvalidOperationException NeedsLeaves(string what, object value, string allowed) => new(
        $"{this} has {what}, {value}, and spans have no leaves; allowed is {allowed}.");
}
