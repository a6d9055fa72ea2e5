using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Serialization;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// A pure function <c>(parameters, gradients, state) → (parameters', state')</c> with its settings as a record. The
/// update is subtracted from the parameters: θ' = θ − u.
/// </summary>
/// <remarks>
/// <c>state.Step</c> counts finished updates; the update that makes it k uses t = k and the learning rate of
/// <c>schedule.At(k)</c>. Elementwise rules pass a NaN of the gradient on to the parameter it belongs to;
/// <see cref="Clip.ByGlobalNorm"/> refuses it. At every 64th update the numbers of the slots that are nearer to 0 than
/// 1.2·10⁻³⁵ in float, 2.3·10⁻³⁰⁵ in double, become 0: they would end as subnormal numbers, which are slow.
/// </remarks>
[JsonConverter(typeof(OptimizerJson))]
public abstract record Optimizer
{
    /// <summary>Who has a tree that a donating step consumed, and where what became of it is.</summary>
    internal const string Donating = "Optimizer.StepDonating",
        DonatingReplaces = Donating + "; use the tree that it returned";

    private static readonly Leaf SampleMatrix = TreeLayout.Of(("matrix", [2, 3])).Leaves[0];

    private readonly PlanCache plans = new();
    private readonly ImmutableArray<LeafGroup> groups = [];
    private readonly StateFormat? stateFormat;

    /// <summary>An optimizer without groups.</summary>
    protected Optimizer()
    {
    }

    /// <summary>A copy is changed by <c>with</c> next, so it starts without plans.</summary>
    /// <param name="original">The record to copy.</param>
    protected Optimizer(Optimizer original)
    {
        ArgumentNullException.ThrowIfNull(original);
        plans = new PlanCache();
        groups = original.groups;
        stateFormat = original.stateFormat;
    }

    /// <summary>
    /// The groups, by the first of which a leaf gets its settings; a leaf that none matches has the defaults.
    /// </summary>
    /// <exception cref="ArgumentException">They are <c>default</c>, or one is null.</exception>
    public virtual ImmutableArray<LeafGroup> Groups
    {
        get => groups;
        init => groups = !value.IsDefault && !value.Contains(null!)
            ? value
            : throw new ArgumentException(
                $"{nameof(Groups)} is {(value.IsDefault ? "default" : "a list with null")}; allowed are groups, "
                + "or [] for none.");
    }

    /// <summary>
    /// How the slots of elementwise transforms are kept; <see langword="null"/> for the format of the enclosing
    /// composition, by default full precision (<see cref="Composition.WithState"/>).
    /// </summary>
    /// <exception cref="ArgumentException">There is no such format.</exception>
    public virtual StateFormat? StateFormat
    {
        get => stateFormat;
        init => stateFormat = value is { } format ? Setting.Check(format) : null;
    }

    /// <summary>
    /// The filters of leaves that it has besides groups, by the names of their settings, for reports.
    /// </summary>
    protected internal virtual ImmutableArray<(string Name, LeafFilter Leaves)> LeafFilters => [];

    /// <summary>
    /// The names of those scalars of its state that tell how a training goes, such as d of Prodigy. The trainer puts
    /// them into its reports.
    /// </summary>
    protected internal virtual ImmutableArray<string> ReportedScalars =>
        Placement.Of(CompiledTransforms, StateFormat).ReportedScalars;

    /// <summary>The transforms in the order in which they see the update.</summary>
    protected internal abstract ImmutableArray<Transform> Transforms { get; }

    /// <summary>
    /// The state before the first update: step 0, and each slot as its transform wants it. Most are zero; averages of
    /// parameters start as those, and some sums of squares and step sizes at a setting.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout and for slots that start as they do.</param>
    /// <exception cref="ArgumentException">
    /// A group multiplies a learning rate that its leaves do not have, a transform has more than four slots, or a
    /// transform cannot work on a leaf, such as one of matrices on a vector.
    /// </exception>
    public OptimizerState<T> Init<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Start(parameters);

    /// <summary>One update. The inputs stay as they are.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TState">The state that <c>Init</c> returned.</typeparam>
    /// <param name="parameters">θ.</param>
    /// <param name="gradients">g, of the same layout.</param>
    /// <param name="state">The state after the update before.</param>
    /// <exception cref="ArgumentException">
    /// The layouts differ, or the state has other slots than this optimizer, or no counters for a
    /// <see cref="Wrapper"/>.
    /// </exception>
    /// <exception cref="NonFiniteGradientException">A transform that needs the norm found a NaN or an
    /// infinity.</exception>
    /// <exception cref="ArithmeticException">A rate or a scalar of the state is not finite. Nothing has changed, and
    /// <see cref="ApplyIfFinite"/> does not skip it.</exception>
    public (ParameterTree<T> Parameters, TState State) Step<T, TState>(
        ParameterTree<T> parameters, ParameterTree<T> gradients, TState state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TState : struct, IOptimizerState<T, TState>
        => Make(parameters, gradients, state, PassOutput.Parameters, donate: false);

    /// <summary>
    /// One update that consumes its inputs, parameters, gradients and state, and reuses their memory: the same bits as
    /// <see cref="Step{T, TState}(ParameterTree{T}, ParameterTree{T}, TState)"/>, and no allocation. A consumed tree
    /// throws when touched. If the step fails, nothing is consumed.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TState">The state that <c>Init</c> returned.</typeparam>
    /// <param name="parameters">θ; consumed.</param>
    /// <param name="gradients">g, of the same layout; consumed.</param>
    /// <param name="state">The state after the update before; consumed.</param>
    /// <exception cref="ArgumentException">
    /// The layouts differ, the state has other slots than this optimizer, or no counters for a <see cref="Wrapper"/>,
    /// or one tree is given in two roles.
    /// </exception>
    /// <exception cref="NonFiniteGradientException">A transform that needs the norm found a NaN or an
    /// infinity.</exception>
    /// <exception cref="ArithmeticException">A rate or a scalar of the state is not finite. Nothing has changed, and
    /// <see cref="ApplyIfFinite"/> does not skip it.</exception>
    public (ParameterTree<T> Parameters, TState State) StepDonating<T, TState>(
        ParameterTree<T> parameters, ParameterTree<T> gradients, TState state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TState : struct, IOptimizerState<T, TState>
        => Make(parameters, gradients, state, PassOutput.Parameters, donate: true);

    /// <summary>
    /// One step from the loss itself. An optimizer of gradients asks for it once, at the parameters; a
    /// <see cref="FunctionOptimizer"/> as often as it likes. The inputs stay as they are.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TState">The state that <c>Init</c> returned.</typeparam>
    /// <param name="valueAndGradient">L and its gradient, the same function at every call of a step.</param>
    /// <param name="parameters">θ.</param>
    /// <param name="state">The state after the step before.</param>
    /// <returns>The parameters and the state after the step, and the loss at the parameters given.</returns>
    /// <exception cref="ArgumentException">
    /// The layouts of parameters and gradients differ, or the state is not one of this optimizer for these parameters.
    /// </exception>
    /// <exception cref="NonFiniteGradientException">A loss, gradient or norm that the optimizer cannot do without is
    /// not finite.</exception>
    /// <exception cref="ArithmeticException">A rate or a scalar of the state is not finite. Nothing has changed, and
    /// <see cref="ApplyIfFinite"/> does not skip it.</exception>
    public (ParameterTree<T> Parameters, TState State, double Loss) Step<T, TState>(
        ValueAndGradient<T> valueAndGradient, ParameterTree<T> parameters, TState state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TState : struct, IOptimizerState<T, TState>
        => Make(valueAndGradient, parameters, state, donate: false);

    /// <summary>
    /// One step from the loss itself that consumes parameters, state and the gradients that the function returns, and
    /// reuses their memory: the same bits. The function returns a new tree at each call. If the step fails, parameters
    /// and state are not consumed.
    /// </summary>
    /// <inheritdoc cref="Step{T, TState}(ValueAndGradient{T}, ParameterTree{T}, TState)"/>
    public (ParameterTree<T> Parameters, TState State, double Loss) StepDonating<T, TState>(
        ValueAndGradient<T> valueAndGradient, ParameterTree<T> parameters, TState state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TState : struct, IOptimizerState<T, TState>
        => Make(valueAndGradient, parameters, state, donate: true);

    /// <summary>
    /// What the update would add to each parameter, without adding it: θ' = θ + Δ, which
    /// <see cref="ParameterTree{T}.Plus"/> does, of these deltas or of what became of them.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TState">The state that <c>Init</c> returned.</typeparam>
    /// <param name="parameters">θ.</param>
    /// <param name="gradients">g, of the same layout.</param>
    /// <param name="state">The state after the update before.</param>
    /// <exception cref="ArgumentException">
    /// The layouts differ, or the state has other slots than this optimizer, or no counters for a
    /// <see cref="Wrapper"/>.
    /// </exception>
    /// <exception cref="NonFiniteGradientException">A transform that needs the norm found a NaN or an
    /// infinity.</exception>
    /// <exception cref="ArithmeticException">A rate or a scalar of the state is not finite. Nothing has changed, and
    /// <see cref="ApplyIfFinite"/> does not skip it.</exception>
    public (ParameterTree<T> Deltas, TState State) Update<T, TState>(
        ParameterTree<T> parameters, ParameterTree<T> gradients, TState state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TState : struct, IOptimizerState<T, TState>
        => Make(parameters, gradients, state, PassOutput.Deltas, donate: false);

    /// <summary>
    /// The parameters to evaluate and to ship: θ itself, unless a transform says otherwise, such as an average of the
    /// parameters.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TState">The state that <c>Init</c> returned.</typeparam>
    /// <param name="parameters">θ.</param>
    /// <param name="state">The state after the same step.</param>
    /// <exception cref="ArgumentException">The state is not one of this optimizer for these parameters.</exception>
    public ParameterTree<T> EvaluationParameters<T, TState>(ParameterTree<T> parameters, TState state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TState : struct, IOptimizerState<T, TState> => Evaluate(parameters, state.ToState());

    /// <summary>
    /// Carries a state over to this optimizer and these parameters, where either has changed since: a leaf unfrozen or
    /// added, one of another shape, another optimizer for some leaves. Slots whose name, kind and shape match are kept.
    /// All others are initialized again, with their own count of updates, which bias correction uses. The step number
    /// continues.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="state">The state so far, of this or another optimizer; it stays as it is.</param>
    /// <param name="parameters">The parameters from now on.</param>
    /// <returns>The state for the next step, and which slots did what.</returns>
    public (OptimizerState<T> State, ContinuationReport Report) Continue<T>(
        OptimizerState<T> state, ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => GoOn(state, parameters);

    /// <summary>The learning rate of the k-th update: the product of the rates of the transforms.</summary>
    /// <param name="step">k, from 1.</param>
    /// <exception cref="OverflowException">The product is above the largest double.</exception>
    public virtual double LearningRateAt(long step)
    {
        double rate = 1;
        foreach (Transform part in CompiledTransforms) rate *= part.RateAt(step);
        return double.IsFinite(rate)
            ? rate
            : throw new OverflowException(
                $"The learning rates of {this} multiply to {rate} at update {step}; allowed is a finite product.");
    }

    /// <summary>
    /// How many bytes of state it keeps for each parameter that goes through all of its transforms: a number for each
    /// slot of the parameters' own shape, before padding; smaller slots, such as rows and columns, are not counted. Of
    /// rules of a partition the largest counts.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    public double StateBytesPerParameter<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.Require<T>();
        return BytesPerParameter<T>();
    }

    /// <summary>
    /// Which leaves of a layout are treated how: by which group or rule of a <see cref="Partition"/>, with which
    /// settings.
    /// </summary>
    /// <param name="layout">The layout of the parameters.</param>
    /// <exception cref="ArgumentException">A group multiplies a learning rate that its leaves do not have.</exception>
    public GroupReport Report(TreeLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return new GroupReport(
        [
            .. layout.Leaves.Zip(PlanFor(layout, null).LeafPlans)
                .GroupBy(
                    pair => (pair.Item2.Name, pair.Item2.Settings, WeightDecay: pair.Item2.WeightDecayOf(pair.Item1)),
                    pair => pair.Item1)
                .Select(rows => new GroupReport.Row(
                    rows.Key.Name, rows.Key.Settings, rows.Key.WeightDecay, [.. rows],
                    rows.Sum(leaf => (long)leaf.Length))),
        ])
        {
            Unmatched = [.. UnmatchedFilters.Of(this, layout.Leaves)],
        };
    }

    /// <summary>What happens to a leaf.</summary>
    internal LeafPlan LeafPlanOf(Leaf leaf) =>
        new LeafPlanner(this, Placement.Of(CompiledTransforms, StateFormat)).LeafPlanOf(leaf);

    /// <summary>The decay that reaches a leaf.</summary>
    internal double WeightDecayOf(Leaf leaf) => LeafPlanOf(leaf).WeightDecayOf(leaf);

    /// <summary>Whether the settings and the groups are the same.</summary>
    public virtual bool Equals(Optimizer? other) =>
        other is not null && EqualityContract == other.EqualityContract && StateFormat == other.StateFormat
            && Groups.AsSpan().SequenceEqual(other.Groups.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>
    /// The text of the optimizer, of which <see cref="Catalogue.Build"/> makes an equal one
    /// (<see cref="OptimizerText"/>).
    /// </summary>
    public sealed override string ToString() => Text;

    /// <summary>What it prints.</summary>
    private protected virtual string Text =>
        OptimizerText.TryWrite(this) ?? RecordText.Of(EqualityContract.Name, PrintMembers);

    /// <summary>The names of the groups, if there are any, before the settings.</summary>
    protected virtual bool PrintMembers(StringBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!Groups.IsEmpty)
            builder.Append("Groups = [").AppendJoin(", ", Groups.Select(group => group.Name)).Append(']');
        if (StateFormat is not { } format) return !Groups.IsEmpty;
        builder.Append(Groups.IsEmpty ? "" : ", ").Append(nameof(StateFormat)).Append(" = ").Append(format);
        return true;
    }

    internal LeafGroup GroupOf(Leaf leaf)
    {
        foreach (LeafGroup group in Groups)
        {
            if (group.Matches.Contains(leaf)) return group;
        }

        return LeafGroup.Ungrouped;
    }

    /// <summary>The state of one of its transforms: the slots and the scalars that it keeps.</summary>
    internal OptimizerState<T> StateOfTransform<T>(int part, TreeLayout layout, OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Placement placement = PlanFor(layout, state.Starts).Placement;
        PlacedTransform[] placed = [.. placement.Transforms.Where(transform => transform.Part == part)];
        int[] slots = [
            .. placed.SelectMany(transform => Enumerable.Range(transform.FirstSlot, transform.SlotNames.Length))];
        StateSchema schema = new()
        {
            SlotNames = [.. slots.Select(slot => state.SlotNames[slot])],
            Identity = string.Join(
                ", ",
                placed.Where(transform => transform.SlotNames.Length > 0).Select(transform => transform.Identity)),
            ScalarNames = [
                .. placed.SelectMany(transform => transform.ScalarNames.Select(name => transform.Prefix + name))],
            Starts = state.Starts is { } starts ? SlotStarts.Of([.. slots.Select(slot => starts.OfSlots[slot])]) : null,
        };
        return new OptimizerState<T>(
            state.Step, schema, [.. slots.Select(slot => state[slot])],
            [.. schema.ScalarNames.Select(state.Scalar)], default);
    }

    /// <summary>Fails unless a step can go on from a state, as each step does before it changes anything.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="state">The state, such as one from a file.</param>
    /// <exception cref="ArgumentException">
    /// It is of an optimizer with another <see cref="OptimizerState{T}.Identity"/>, has other slots, or gathered
    /// gradients that this one would leave there.
    /// </exception>
    public void RequireState<T>(OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => state.RequireOf(DescribeState(state.SlotCount), this);

    /// <summary>
    /// Fails unless a step can go on from a state with parameters of a layout: slots of the same leaves and formats
    /// too.
    /// </summary>
    /// <inheritdoc cref="RequireState{T}(OptimizerState{T})" path="/*[not(@name='state')]"/>
    /// <param name="state">The state, such as one from a file.</param>
    /// <param name="layout">The layout of the parameters.</param>
    public void RequireState<T>(OptimizerState<T> state, TreeLayout layout)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(layout);
        // How many slots an optimizer from a function keeps, its state alone tells.
        if (this is FunctionOptimizer) RequireState(state);
        else state.RequireFit(SchemaFor(layout, state.Starts), layout, this);
    }

    /// <summary>Whether it gathers gradients in its state, which others would leave there.</summary>
    internal virtual bool Accumulates => false;

    /// <summary>
    /// Whether it deals with a gradient that is not finite, so that who evaluates it need not refuse it.
    /// </summary>
    internal virtual bool TakesNonFinite => false;

    /// <summary>The leaves that stay bit for bit as they are, in the order of the layout.</summary>
    internal virtual ImmutableArray<Leaf> FrozenLeaves(TreeLayout layout) =>
        ImmutableCollectionsMarshal.AsImmutableArray(PlanFor(layout, null).Frozen);

    /// <summary>
    /// What a state with so many slots holds, for any layout, where that number changes from step to step.
    /// </summary>
    internal virtual StateSchema DescribeState(int slots) => DescribeState();

    /// <summary>The names of the slots and of the scalars of its states, and what they mean, for any layout.</summary>
    internal virtual StateSchema DescribeState()
    {
        Placement placement = Placement.Of(CompiledTransforms, StateFormat);
        return new StateSchema
        {
            SlotNames = placement.SlotNames, ScalarNames = placement.ScalarNames, Identity = placement.Identity,
            SlotLayouts = [.. placement.SlotNames.Select(_ => (TreeLayout?)null)],
        };
    }

    /// <summary>What a state of this optimizer holds for a layout.</summary>
    internal virtual StateSchema SchemaFor(TreeLayout layout, SlotStarts? starts) => PlanFor(layout, starts).Schema;

    /// <summary>The transforms, made once.</summary>
    internal ImmutableArray<Transform> CompiledTransforms => plans.TransformsOf(this);

    internal Plan PlanFor(TreeLayout layout, SlotStarts? starts, ScatteredLeaves? scattered = null) =>
        plans.PlanFor(this, layout, starts, scattered);

    /// <summary>The bytes of state of a parameter that goes through all elementwise transforms.</summary>
    internal virtual double BytesPerParameter<T>()
        where T : unmanaged => BytesPerParameter<T>(CompiledTransforms, StateFormat);

    /// <summary>What <see cref="Init"/> does.</summary>
    private protected virtual OptimizerState<T> Start<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Plan plan = PlanFor(parameters.Layout, null);
        StateShell<T> shell = plan.Schema.Rent<T>();
        (shell.Step, shell.Counters) = (0, default);
        for (int slot = 0; slot < plan.Slots.Length; slot++)
        {
            SlotPlan kept = plan.Slots[slot];
            shell.Slots[slot] = StateSlot<T>.Of(StartOf(kept, parameters).ToTree(), kept.Format, (uint)slot);
        }

        shell.Scalars.AsSpan().Clear();
        foreach (PlacedTransform placed in plan.Scalars)
            placed.Transform.InitScalars(shell.Scalars.AsSpan(placed.FirstScalar, placed.ScalarNames.Length));
        return shell.Handle();
    }

    /// <summary>A slot before the first update.</summary>
    internal static TreeBuffer<T> StartOf<T>(SlotPlan slot, ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeBuffer<T> start = (slot.Layout ?? parameters.Layout).Rent<T>();
        foreach (Leaf leaf in start.Layout.Leaves)
        {
            if (leaf.IsAbsent) continue;
            slot.Owner.Transform.InitSlot(
                slot.Index, slot.Layout is null ? parameters.AsSpan(leaf) : parameters.AsSpan(leaf.Name),
                start.AsSpan(leaf));
        }

        return start;
    }

    /// <summary>What <see cref="Continue"/> does.</summary>
    private protected virtual (OptimizerState<T> State, ContinuationReport Report) GoOn<T>(
        OptimizerState<T> state, ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Continuation.Of(this, CompiledTransforms, state, parameters);

    /// <summary>What <see cref="EvaluationParameters"/> does.</summary>
    private protected virtual ParameterTree<T> Evaluate<T>(ParameterTree<T> parameters, OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeLayout layout = parameters.Layout;
        Plan plan = PlanFor(layout, state.Starts);
        state.RequireFit(plan.Schema, layout, this);
        if (!plan.EvaluationChanges) return parameters;
        if (!plan.Schema.SlotFormats.IsEmpty) state = state.InFormats(new StateFormat[state.SlotCount]);
        TreeBuffer<T> evaluated = layout.RentUncleared<T>();
        parameters.AsSpan().CopyTo(evaluated.AsSpan());
        foreach (LeafClass leafClass in plan.Classes)
        {
            foreach (PlacedTransform placed in leafClass.Transforms)
            {
                if (!placed.Transform.ChangesEvaluation) continue;
                foreach (Leaf leaf in leafClass.Leaves)
                {
                    EvaluationContext<T> context = new(plan, placed, state, leaf, parameters.AsSpan(leaf));
                    placed.Transform.Evaluate(context, evaluated.AsSpan(leaf));
                }
            }
        }

        return evaluated.ToTree();
    }

    private static double BytesPerParameter<T>(ImmutableArray<Transform> parts, StateFormat? format)
        where T : unmanaged => parts.Sum(part =>
    {
        StateFormat? own = part.StateFormat ?? format;
        return part switch
        {
            Partition partition => partition.Rules.Max(
                rule => BytesPerParameter<T>(rule.Optimizer.Transforms, rule.Optimizer.StateFormat ?? own)),
            // Rows, columns and numbers per leaf are not as many as the parameters; a window is several times that.
            { TransformsLeaves: true } => Unsafe.SizeOf<T>() * Enumerable.Range(0, part.SlotNames.Length)
                .Sum(slot => part.SlotShape(slot, SampleMatrix) is { } shape
                    && shape.AsSpan().EndsWith(SampleMatrix.Shape.AsSpan())
                    ? shape.Aggregate(1, static (all, length) => all * length) / SampleMatrix.Length
                    : 0),
            _ => part.SlotNames.Length * part.SlotFormatIn(format).BytesPerParameter<T>(),
        };
    });

    /// <summary>What a caller asks for, checked before a wrapper or a transform sees any of it.</summary>
    private (ParameterTree<T> Output, TState State) Make<T, TState>(
        ParameterTree<T> parameters, ParameterTree<T> gradients, TState state, PassOutput output, bool donate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TState : struct, IOptimizerState<T, TState>
    {
        OptimizerState<T> given = state.ToState();
        parameters.Layout.RequireSame(gradients.Layout, nameof(gradients));
        if (donate) RequireDistinct(parameters, gradients, given);
        (ParameterTree<T> made, OptimizerState<T> next) = Run(parameters, gradients, given, output, donate);
        return (made, TState.From(next));
    }

    /// <inheritdoc cref="Make{T, TState}(ParameterTree{T}, ParameterTree{T}, TState, PassOutput, bool)"/>
    private (ParameterTree<T> Parameters, TState State, double Loss) Make<T, TState>(
        ValueAndGradient<T> valueAndGradient, ParameterTree<T> parameters, TState state, bool donate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TState : struct, IOptimizerState<T, TState>
    {
        ArgumentNullException.ThrowIfNull(valueAndGradient);
        OptimizerState<T> given = state.ToState();
        if (donate) RequireDistinct(parameters, default, given);
        (ParameterTree<T> made, OptimizerState<T> next, double loss) = Descend(
            valueAndGradient, parameters, given, donate);
        return (made, TState.From(next), loss);
    }

    /// <summary>
    /// What the steps from a function do: of an optimizer of gradients, one evaluation and one update.
    /// </summary>
    internal virtual (ParameterTree<T> Parameters, OptimizerState<T> State, double Loss) Descend<T>(
        ValueAndGradient<T> valueAndGradient, ParameterTree<T> parameters, OptimizerState<T> state, bool donate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (double loss, ParameterTree<T> gradients) = valueAndGradient(parameters);
        parameters.Layout.RequireSame(gradients.Layout, nameof(gradients));
        if (donate)
        {
            if (gradients.IsIn(parameters)) gradients = gradients.Copy();
            RequireDistinct(parameters, gradients, state);
        }

        (ParameterTree<T> made, OptimizerState<T> next) = Run(
            parameters, gradients, state, PassOutput.Parameters, donate);
        return (made, next, loss);
    }

    /// <summary>The run of an optimizer inside a wrapper.</summary>
    internal (ParameterTree<T> Parameters, OptimizerState<T> State) RunInside<T>(
        ParameterTree<T> parameters, ParameterTree<T> gradients, OptimizerState<T> state, PassOutput output,
        bool donate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Run(parameters, gradients, state, output, donate);

    /// <summary>What the steps do.</summary>
    private protected virtual (ParameterTree<T> Parameters, OptimizerState<T> State) Run<T>(
        ParameterTree<T> parameters, ParameterTree<T> gradients, OptimizerState<T> state, PassOutput output,
        bool donate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const string consumer = Donating, replacing = DonatingReplaces;
        TreeLayout layout = parameters.Layout;
        Plan plan = PlanFor(layout, state.Starts);
        state.RequireFit(plan.Schema, layout, this);
        bool inPlace = donate && !plan.CanThrowLate;
        StepRun<T> run = plan.RentRun<T>();
        TreeBuffer<T> made = inPlace ? default : layout.RentUncleared<T>();
        bool overGradient = inPlace && !plan.KeepsGradient;
        TreeBuffer<T> update = overGradient || !plan.NeedsScratch ? default : layout.RentUncleared<T>();
        TreeStorage<T> moved = parameters.Storage, spent = gradients.Storage;
        ParameterTree<T> result = default;
        StateShell<T> next;
        try
        {
            if (!inPlace) CopyFrozen(plan, parameters, made, clear: output == PassOutput.Deltas);
            run.Read(parameters, gradients);
            run.Write(
                inPlace ? parameters.Memory : made.Memory, output, update.IsDefault ? gradients.Memory : update.Memory);
            next = run.Begin(state);
            if (inPlace)
            {
                result = Take(parameters, gradients, state, next, replacing, consumer);
                run.Complete(next);
                moved.ClearPadding();
            }
            else
            {
                run.Complete(next, state);
            }
        }
        catch
        {
            if (!made.IsDefault) made.ToTree().Release(consumer);
            throw;
        }
        finally
        {
            if (!update.IsDefault) update.ToTree().Release(consumer);
            run.Clear();
            plan.ReturnRun(run);
            GC.KeepAlive(moved);
            GC.KeepAlive(spent);
        }

        if (inPlace)
        {
            spent.Layout.Pool<T>().Add(spent);
            return (result, next.Handle());
        }

        if (donate)
        {
            gradients.Release(consumer);
            parameters.Release(replacing);
            state.Replace(replacing, releaseSlots: true);
        }

        return (made.ToTree(), next.Handle());
    }

    /// <summary>
    /// Takes everything that a step in place writes from its owners, before the first write: of two threads that donate
    /// a tree one gets it. Where one is not to be had, what was taken is given back.
    /// </summary>
    private static ParameterTree<T> Take<T>(
        ParameterTree<T> parameters, ParameterTree<T> gradients, OptimizerState<T> state, StateShell<T> next,
        string replacing, string consumer)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> taken = parameters.Transfer(replacing);
        try
        {
            gradients.Consume(consumer);
        }
        catch
        {
            parameters.Restore();
            next.Schema.Return(next);
            throw;
        }

        try
        {
            TakeSlots(state, next, replacing);
        }
        catch
        {
            gradients.Restore();
            parameters.Restore();
            throw;
        }

        return taken;
    }

    /// <summary>Takes the slots of a state, and the state itself, for the next.</summary>
    private static void TakeSlots<T>(OptimizerState<T> state, StateShell<T> next, string by)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int taken = 0;
        try
        {
            for (; taken < next.Slots.Length; taken++) next.Slots[taken] = state.Slot(taken).Transfer(by);
            state.Replace(by, releaseSlots: false);
        }
        catch
        {
            while (taken-- > 0) state.Slot(taken).Restore();
            next.Schema.Return(next);
            throw;
        }
    }

    /// <summary>The output already has the leaves that no pass writes.</summary>
    private static void CopyFrozen<T>(Plan plan, ParameterTree<T> parameters, TreeBuffer<T> made, bool clear)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (Leaf leaf in plan.Frozen)
        {
            if (clear) made.AsSpan(leaf).Clear();
            else parameters.AsSpan(leaf).CopyTo(made.AsSpan(leaf));
        }
    }

    /// <summary>
    /// Binds this optimizer to parameters that lie in somebody else's memory; its steps change them in place and copy
    /// nothing.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="bindings">The leaves: a name, a shape, and the memory of parameter and gradient.</param>
    /// <exception cref="ArgumentException">
    /// A memory is too short, misaligned or null, two overlap of which one is written, a name is empty or appears
    /// twice, or this is a <see cref="Wrapper"/> or a <see cref="FunctionOptimizer"/>, which need trees.
    /// </exception>
    public InPlaceOptimizer<T> InPlace<T>(params ReadOnlySpan<LeafBinding<T>> bindings)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        RefusesInPlace is { } reason ? throw new ArgumentException(reason) : new InPlaceOptimizer<T>(this, bindings);

    /// <summary>Why it cannot step over memory of others; <see langword="null"/> where it can.</summary>
    internal string? RefusesInPlace => this switch
    {
        FunctionOptimizer =>
            $"{Excerpt.Of($"{this}")} asks for loss and gradient at other parameters; use an optimizer of gradients.",
        Wrapper => $"{Excerpt.Of($"{this}")} decides by whole trees whether to step; use the optimizer inside it.",
        _ => null,
    };

    /// <summary>A step over leaves that lie elsewhere each. The state is consumed.</summary>
    internal OptimizerState<T> StepScattered<T>(
        TreeLayout layout, ScatteredLeaves leaves, LeafMemory<T> parameters, LeafMemory<T> gradients,
        OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const string consumer = "InPlaceOptimizer.Step; use its State";
        Plan plan = PlanFor(layout, state.Starts, leaves);
        state.RequireFit(plan.Schema, layout, this);
        bool inPlace = !plan.CanThrowLate;
        StepRun<T> run = plan.RentRun<T>();
        TreeBuffer<T> made = inPlace ? default : layout.RentUncleared<T>(),
            update = plan.NeedsScratch ? layout.RentUncleared<T>() : default;
        StateShell<T> next;
        try
        {
            run.Read(parameters, gradients);
            run.Write(
                inPlace ? parameters : made.Memory, PassOutput.Parameters, update.IsDefault ? default : update.Memory);
            next = run.Begin(state);
            if (inPlace)
            {
                TakeSlots(state, next, consumer);
                run.Complete(next);
            }
            else
            {
                run.Complete(next, state);
                foreach (Leaf leaf in plan.WithoutGradient) CopySlots(plan, leaf, state, next);
                foreach (LeafClass leafClass in plan.Classes)
                {
                    foreach (Leaf leaf in leafClass.Leaves)
                        made.AsSpan(leaf).CopyTo(parameters.Span(leaf, leaf.Offset, leaf.Length));
                }
            }
        }
        finally
        {
            if (!made.IsDefault) made.ToTree().Release(consumer);
            if (!update.IsDefault) update.ToTree().Release(consumer);
            run.Clear();
            plan.ReturnRun(run);
        }

        if (!inPlace) state.Replace(consumer, releaseSlots: true);
        return next.Handle();
    }

    /// <summary>Copies the slots of a leaf that a step leaves as it is.</summary>
    private static void CopySlots<T>(Plan plan, Leaf leaf, OptimizerState<T> before, StateShell<T> next)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int slot = 0; slot < next.Slots.Length; slot++)
        {
            if (plan.Slots[slot].LeafOf(leaf) is { } own) before.Slot(slot).CopyLeafTo(next.Slots[slot], own);
        }
    }

    /// <summary>A donated tree is written to, so no memory may be two of them.</summary>
    private static void RequireDistinct<T>(
        ParameterTree<T> parameters, ParameterTree<T> gradients, OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int tree = 1; tree < 2 + state.SlotCount; tree++)
        {
            for (int other = 0; other < tree; other++)
            {
                if (StorageOf(other) is { } storage && ReferenceEquals(StorageOf(tree), storage))
                {
                    throw new ArgumentException(
                        $"A donating step writes into each tree that it is given, and the {RoleOf(other)} and the "
                        + $"{RoleOf(tree)} given are one; donate a copy.");
                }
            }
        }

        object? StorageOf(int tree) => tree == 0 ? parameters.Storage
            : tree > 1 ? state.Slot(tree - 2).Owner
            : gradients.IsDefault ? null : gradients.Storage;

        string RoleOf(int tree) => tree == 0 ? nameof(parameters)
            : tree == 1 ? nameof(gradients)
            : $"slot {(state.SlotNames.IsEmpty ? tree - 2 : state.SlotNames[tree - 2])}";
    }
}
