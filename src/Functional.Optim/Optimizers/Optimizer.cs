using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// A pure function <c>(parameters, gradients, state) → (parameters', state')</c> with its settings as a record. Parameters go
/// down the update: θ' = θ − u.
/// </summary>
/// <remarks>
/// <c>state.Step</c> counts finished updates; the update that makes it k uses t = k and the learning rate of <c>schedule.At(k)</c>.
/// Elementwise rules pass a NaN of the gradient on to the parameter it belongs to; <see cref="Clip.ByGlobalNorm"/> refuses it.
/// Several threads may use an optimizer at once. A step that throws, whoever threw, has changed and consumed nothing.
/// </remarks>
public abstract record Optimizer
{
    private readonly ImmutableArray<LeafGroup> groups = [];

    /// <summary>What this very record has made of its settings; a changed copy starts anew.</summary>
    private Compiled? compiled;

    /// <summary>An optimizer without groups.</summary>
    protected Optimizer()
    {
    }

    /// <summary>A copy, for <c>with</c>: the settings alone.</summary>
    /// <param name="original">What is copied.</param>
    protected Optimizer(Optimizer original)
    {
        ArgumentNullException.ThrowIfNull(original);
        groups = original.groups;
    }

    /// <summary>The groups, by the first of which a leaf gets its settings; a leaf that none matches has the defaults.</summary>
    /// <exception cref="ArgumentException">It is <c>default</c>, or one of the groups is null.</exception>
    public virtual ImmutableArray<LeafGroup> Groups
    {
        get => groups;
        init => groups = !value.IsDefault && !value.Contains(null!)
            ? value
            : throw new ArgumentException($"{nameof(Groups)} is {(value.IsDefault ? "default" : "a list with null")}; allowed are groups, or [] for none.");
    }

    /// <summary>The parts in the order in which they see the update.</summary>
    protected internal abstract ImmutableArray<Transform> Parts { get; }

    /// <summary>
    /// The state before the first update: step 0, and each slot as its part wants it. Most are zero; averages of parameters start as
    /// those, and some sums of squares and step sizes at a setting.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="parameters">The parameters, for their layout and for slots that start as they do.</param>
    /// <exception cref="ArgumentException">
    /// The composition has more than <see cref="OptimizerState{T}.Capacity"/> slots, or a group multiplies a learning rate that its leaves do
    /// not have.
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
    /// The layouts differ, or the state has other slots than this optimizer, or no counters for a <see cref="Wrapper"/>.
    /// </exception>
    /// <exception cref="NonFiniteGradientException">A part that needs the norm found a NaN or an infinity.</exception>
    public (ParameterTree<T> Parameters, TState State) Step<T, TState>(ParameterTree<T> parameters, ParameterTree<T> gradients, TState state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TState : struct, IOptimizerState<T, TState>
        => Make(parameters, gradients, state, PassEnd.Parameters, donate: false);

    /// <summary>
    /// One update that consumes its inputs, parameters, gradients and state, and reuses their memory: the same bits as
    /// <see cref="Step{T, TState}"/>, and no allocation. A consumed tree throws when touched. If the step fails, nothing is consumed.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TState">The state that <c>Init</c> returned.</typeparam>
    /// <param name="parameters">θ; consumed.</param>
    /// <param name="gradients">g, of the same layout; consumed.</param>
    /// <param name="state">The state after the update before; consumed.</param>
    /// <exception cref="ArgumentException">
    /// The layouts differ, the state has other slots than this optimizer, or no counters for a <see cref="Wrapper"/>, or one tree is given in
    /// two roles.
    /// </exception>
    /// <exception cref="NonFiniteGradientException">A part that needs the norm found a NaN or an infinity.</exception>
    public (ParameterTree<T> Parameters, TState State) StepDonating<T, TState>(ParameterTree<T> parameters, ParameterTree<T> gradients, TState state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TState : struct, IOptimizerState<T, TState>
        => Make(parameters, gradients, state, PassEnd.Parameters, donate: true);

    /// <summary>
    /// What the update would add to each parameter, without adding it: θ' = θ + Δ, which <see cref="ParameterTree{T}.Plus"/> does, of these
    /// deltas or of what became of them.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TState">The state that <c>Init</c> returned.</typeparam>
    /// <param name="parameters">θ.</param>
    /// <param name="gradients">g, of the same layout.</param>
    /// <param name="state">The state after the update before.</param>
    /// <exception cref="ArgumentException">
    /// The layouts differ, or the state has other slots than this optimizer, or no counters for a <see cref="Wrapper"/>.
    /// </exception>
    /// <exception cref="NonFiniteGradientException">A part that needs the norm found a NaN or an infinity.</exception>
    public (ParameterTree<T> Deltas, TState State) Update<T, TState>(ParameterTree<T> parameters, ParameterTree<T> gradients, TState state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TState : struct, IOptimizerState<T, TState>
        => Make(parameters, gradients, state, PassEnd.Deltas, donate: false);

    /// <summary>
    /// The learning rate of the k-th update: the product of the rates of the parts, of a <see cref="Partition"/> that of the first rule
    /// that has one.
    /// </summary>
    /// <param name="step">k, from 1.</param>
    /// <exception cref="OverflowException">The product is above the largest double.</exception>
    public double LearningRateAt(long step)
    {
        double rate = 1;
        foreach (Transform part in CompiledParts) rate *= part.RateAt(step);
        return double.IsFinite(rate)
            ? rate
            : throw new OverflowException($"The learning rates of {this} multiply to {rate} at update {step}; allowed is a finite product.");
    }

    /// <summary>How many bytes of state it keeps for each parameter: a number for each slot, before padding.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    public int StateBytesPerParameter<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        SlotCount * Unsafe.SizeOf<T>();

    /// <summary>Which leaves of a layout are treated how: by which group or rule of a <see cref="Partition"/>, with which settings.</summary>
    /// <param name="layout">The layout of the parameters.</param>
    /// <exception cref="ArgumentException">A group multiplies a learning rate that its leaves do not have.</exception>
    public GroupReport Report(TreeLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return new GroupReport(
        [
            .. PlanFor(layout).Treatments
                .GroupBy(treatment => (treatment.Name, treatment.Settings, treatment.WeightDecay), treatment => treatment.Leaf)
                .Select(rows => new GroupReport.Row(
                    rows.Key.Name, rows.Key.Settings, rows.Key.WeightDecay, [.. rows], rows.Sum(leaf => (long)leaf.Length))),
        ]);
    }

    /// <summary>The decay that reaches a leaf.</summary>
    internal double WeightDecayOf(Leaf leaf) => TreatmentOf(leaf).WeightDecay;

    internal Treatment TreatmentOf(Leaf leaf) => Treatment.Of(this, CompiledParts, leaf);

    /// <summary>Whether the settings and the groups are the same.</summary>
    public virtual bool Equals(Optimizer? other) =>
        other is not null && EqualityContract == other.EqualityContract && Groups.AsSpan().SequenceEqual(other.Groups.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>The settings, with the same numbers in every culture.</summary>
    public sealed override string ToString() => Text;

    /// <summary>What it prints.</summary>
    private protected virtual string Text => RecordText.Of(EqualityContract.Name, PrintMembers);

    /// <summary>The names of the groups, if there are any, before the settings.</summary>
    protected virtual bool PrintMembers(StringBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!Groups.IsEmpty) builder.Append("Groups = [").AppendJoin(", ", Groups.Select(group => group.Name)).Append(']');
        return !Groups.IsEmpty;
    }

    internal LeafGroup GroupOf(Leaf leaf)
    {
        foreach (LeafGroup group in Groups)
        {
            if (group.Matches(leaf)) return group;
        }

        return LeafGroup.Ungrouped;
    }

    /// <summary>The parts, always the same objects.</summary>
    internal ImmutableArray<Transform> CompiledParts => Known.Parts;

    /// <summary>How many slots its state has.</summary>
    internal virtual int SlotCount => CompiledParts.Sum(part => part.SlotNames.Length);

    private Compiled Known => compiled ?? Interlocked.CompareExchange(ref compiled, new Compiled(Parts), null) ?? compiled;

    private Plan PlanFor(TreeLayout layout)
    {
        Compiled known = Known;
        return known.PlanOf(layout) ?? known.Add(layout, Plan.Of(this, known.Parts, layout));
    }

    /// <summary>What <see cref="Init"/> does.</summary>
    private protected virtual OptimizerState<T> Start<T>(ParameterTree<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Plan plan = PlanFor(parameters.Layout);
        int count = plan.SlotNames.Length;
        if (count > OptimizerState<T>.Capacity)
            throw new ArgumentException($"{this} keeps {count} state slots; a composition can have {OptimizerState<T>.Capacity}.");
        TreeBuffer<T>[] slots = new TreeBuffer<T>[count];
        for (int slot = 0; slot < count; slot++) slots[slot] = parameters.Layout.Rent<T>();
        foreach (Route route in plan.Routes)
        {
            foreach ((Transform part, int first, _, _) in route.Stops)
            {
                foreach (Leaf leaf in route.Leaves)
                {
                    for (int slot = 0; slot < part.SlotNames.Length; slot++)
                        part.InitSlot(slot, parameters.AsSpan(leaf), slots[first + slot].AsSpan(leaf));
                }
            }
        }

        return new OptimizerState<T>(0, plan.SlotNames, [.. slots.Select(slot => slot.ToTree())]);
    }

    /// <summary>What a caller asks for, checked before a wrapper or a part sees any of it.</summary>
    private (ParameterTree<T> Output, TState State) Make<T, TState>(
        ParameterTree<T> parameters, ParameterTree<T> gradients, TState state, PassEnd ending, bool donate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TState : struct, IOptimizerState<T, TState>
    {
        if (this is Wrapper && typeof(TState) != typeof(OptimizerState<T>))
        {
            throw new ArgumentException(
                $"{this} counts in its state, and {typeof(TState).Name.Split('`')[0]} has no counters; step with the OptimizerState that Init returned.", nameof(state));
        }

        OptimizerState<T> given = state.ToState();
        parameters.Layout.RequireSame(gradients.Layout, nameof(gradients));
        if (donate) RequireDistinct(parameters, gradients, given);
        (ParameterTree<T> output, OptimizerState<T> next) = Run(parameters, gradients, given, ending, donate);
        return (output, TState.From(next));
    }

    /// <summary>The run of an optimizer inside a wrapper.</summary>
    internal (ParameterTree<T> Parameters, OptimizerState<T> State) RunInside<T>(
        ParameterTree<T> parameters, ParameterTree<T> gradients, OptimizerState<T> state, PassEnd ending, bool donate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Run(parameters, gradients, state, ending, donate);

    /// <summary>What the steps do.</summary>
    private protected virtual (ParameterTree<T> Parameters, OptimizerState<T> State) Run<T>(
        ParameterTree<T> parameters, ParameterTree<T> gradients, OptimizerState<T> state, PassEnd ending, bool donate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const string consumer = "Optimizer.StepDonating", replacing = consumer + "; use the tree that it returned";
        TreeLayout layout = parameters.Layout;
        Plan plan = PlanFor(layout);
        state.RequireSlots(plan.SlotNames, this);
        for (int slot = 0; slot < plan.SlotNames.Length; slot++) layout.RequireSame(state[slot].Layout, nameof(state));
        bool inPlace = donate && !plan.AsksLate;
        bool ownScratch = plan.NeedsScratch && (!inPlace || plan.Rewrites);

        long step = checked(state.Step + 1);
        TreeStorage<T> output = Destination(parameters, plan.Frozen, inPlace, clearKept: ending == PassEnd.Deltas);
        Storages<T> slots = default;
        for (int slot = 0; slot < plan.SlotNames.Length; slot++) slots[slot] = Destination(state[slot], plan.Kept[slot], inPlace, clearKept: false);
        TreeStorage<T> scratch = ownScratch ? layout.RentUncleared<T>().Storage : gradients.Storage;
        Trees<T> before = default;
        for (int slot = 0; slot < plan.SlotNames.Length; slot++) before[slot] = state[slot];
        Workspace<T> workspace = plan.Rent<T>(ending);
        bool ran = false;
        try
        {
            new Execution<T>
            {
                Plan = plan, Workspace = workspace, Parameters = parameters, Gradients = gradients, Scratch = scratch, Output = output,
                Slots = ((ReadOnlySpan<ParameterTree<T>>)before)[..plan.SlotNames.Length],
                NewSlots = ((ReadOnlySpan<TreeStorage<T>>)slots)[..plan.SlotNames.Length],
                Ending = ending, Step = step,
            }.Run();
            ran = true;
        }
        finally
        {
            plan.GiveBack(workspace, ending);
            if (ownScratch) GiveBack(scratch);
            if (!ran && !inPlace)
            {
                GiveBack(output);
                for (int slot = 0; slot < plan.SlotNames.Length; slot++) GiveBack(slots[slot]);
            }
        }

        if (donate) gradients.Release(consumer);
        if (donate && !inPlace)
        {
            parameters.Release(replacing);
            for (int slot = 0; slot < plan.SlotNames.Length; slot++) state[slot].Release(replacing);
        }

        Trees<T> trees = default;
        for (int slot = 0; slot < plan.SlotNames.Length; slot++) trees[slot] = Written(slots[slot]);
        OptimizerState<T> next = new(step, plan.SlotNames, ((ReadOnlySpan<ParameterTree<T>>)trees)[..plan.SlotNames.Length]);
        return (Written(output), next.With(state.Counters));

        ParameterTree<T> Written(TreeStorage<T> storage)
        {
            storage.ClearPadding();
            return new ParameterTree<T>(storage, inPlace ? storage.Consume(replacing) : storage.Claim());
        }
    }

    /// <summary>Rented memory that no tree came to live in goes back.</summary>
    private static void GiveBack<T>(TreeStorage<T> rented)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => rented.Layout.Pool<T>().Add(rented);

    /// <summary>A donated tree is written to, so no memory may be two of them.</summary>
    private static void RequireDistinct<T>(ParameterTree<T> parameters, ParameterTree<T> gradients, OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int tree = 1; tree < 2 + state.SlotCount; tree++)
        {
            for (int other = 0; other < tree; other++)
            {
                if (ReferenceEquals(StorageOf(tree), StorageOf(other)))
                {
                    throw new ArgumentException(
                        $"A donating step writes into each tree that it is given, and the {RoleOf(other)} and the {RoleOf(tree)} given are one; donate a copy.");
                }
            }
        }

        TreeStorage<T> StorageOf(int tree) => (tree == 0 ? parameters : tree == 1 ? gradients : state[tree - 2]).Storage;

        string RoleOf(int tree) => tree == 0 ? nameof(parameters) : tree == 1 ? nameof(gradients) : $"slot {(state.SlotNames.IsEmpty ? tree - 2 : state.SlotNames[tree - 2])}";
    }

    /// <summary>Where a tree's successor is written: its own memory, or a buffer in which the leaves that nobody writes stand already.</summary>
    private static TreeStorage<T> Destination<T>(ParameterTree<T> before, Leaf[] kept, bool inPlace, bool clearKept)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (inPlace) return before.Storage;
        TreeBuffer<T> after = before.Layout.RentUncleared<T>();
        foreach (Leaf leaf in kept)
        {
            if (clearKept) after.AsSpan(leaf).Clear();
            else before.AsSpan(leaf).CopyTo(after.AsSpan(leaf));
        }

        return after.Storage;
    }

    [InlineArray(OptimizerState<float>.Capacity)]
    private struct Storages<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private TreeStorage<T> first;
    }

    [InlineArray(OptimizerState<float>.Capacity)]
    private struct Trees<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private ParameterTree<T> first;
    }

    /// <summary>The parts, and the plan for each layout that lives. It is part of its optimizer and goes with it.</summary>
    private sealed class Compiled(ImmutableArray<Transform> parts)
    {
        /// <summary>By the number of the layout, which costs less than its names and shapes.</summary>
        private readonly ConcurrentDictionary<long, (WeakReference<TreeLayout> Layout, Plan Plan)> plans = new(concurrencyLevel: 1, capacity: 1);

        internal ImmutableArray<Transform> Parts => parts;

        internal Plan? PlanOf(TreeLayout layout) => plans.TryGetValue(layout.Number, out (WeakReference<TreeLayout>, Plan Plan) known) ? known.Plan : null;

        internal Plan Add(TreeLayout layout, Plan plan)
        {
            foreach ((long number, (WeakReference<TreeLayout> known, _)) in plans)
            {
                if (!known.TryGetTarget(out _)) plans.TryRemove(number, out _);
            }

            plans[layout.Number] = (new(layout), plan);
            return plan;
        }
    }
}
