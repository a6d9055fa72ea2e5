using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim;

/// <summary>
/// An optimizer around another one, which decides whether and with what that one makes an update: override <see cref="Wrap"/>.
/// </summary>
/// <remarks>
/// Its state is that of the optimizer inside, followed by slots of its own (<see cref="OwnSlotNames"/>), each of the layout of the
/// parameters. It counts in <see cref="OptimizerState{T}.Counters"/>. Wrappers of different kinds may be around each other, in any order.
/// </remarks>
public abstract record Wrapper : Optimizer
{
    /// <summary>Puts the wrapper around an optimizer.</summary>
    /// <param name="inner">The optimizer inside.</param>
    protected Wrapper(Optimizer inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        Inner = inner;
    }

    /// <summary>A copy is changed by <c>with</c> next, so it starts without schemas.</summary>
    /// <param name="original">The record to copy.</param>
    protected Wrapper(Wrapper original)
        : base(original)
    {
        (schemas, Inner) = ([], original.Inner);
    }

    /// <summary>The schemas of the states around those of the optimizer inside.</summary>
    private readonly ConditionalWeakTable<StateSchema, StateSchema> schemas = [];

    /// <summary>The optimizer inside, which has the groups too.</summary>
    public Optimizer Inner { get; private protected init; }

    /// <inheritdoc/>
    public sealed override ImmutableArray<LeafGroup> Groups { get => Inner.Groups; init => Inner = Inner with { Groups = value }; }

    /// <inheritdoc/>
    public sealed override StateFormat? StateFormat { get => Inner.StateFormat; init => Inner = Inner with { StateFormat = value }; }

    /// <inheritdoc/>
    protected internal sealed override ImmutableArray<Transform> Parts => Inner.Parts;

    /// <summary>The names of the slots that the wrapper keeps besides those of the optimizer inside.</summary>
    protected virtual ImmutableArray<string> OwnSlotNames => [];

    /// <summary>Makes a step: with <see cref="WrapperStep{T}.Inside"/> an update of the optimizer inside, or none.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="step">What the step was given.</param>
    /// <returns>What the step returns.</returns>
    protected abstract (ParameterTree<T> Output, OptimizerState<T> State) Wrap<T>(in WrapperStep<T> step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <inheritdoc/>
    internal sealed override int BytesPerParameter(int size) => Inner.BytesPerParameter(size) + (OwnSlotNames.Length * size);

    /// <inheritdoc/>
    internal override bool Accumulates => Inner.Accumulates;

    /// <inheritdoc/>
    internal override bool TakesNonFinite => Inner.TakesNonFinite;

    /// <inheritdoc/>
    internal sealed override StateSchema DescribeState() => Around(Inner.DescribeState());

    /// <inheritdoc/>
    internal sealed override StateSchema SchemaFor(TreeLayout layout, SlotStarts? starts) =>
        Around(Inner.SchemaFor(layout, InnerStarts(starts)));

    /// <inheritdoc/>
    private protected sealed override OptimizerState<T> Start<T>(ParameterTree<T> parameters)
    {
        if (OwnSlotNames.IsDefault)
            throw new InvalidOperationException($"{GetType().Name}.{nameof(OwnSlotNames)} is default; allowed is a list of names, which may be empty.");
        OptimizerState<T> inside = Inner.Init(parameters);
        if (OwnSlotNames.IsEmpty) return inside;
        ParameterTree<T>[] own = new ParameterTree<T>[OwnSlotNames.Length];
        for (int slot = 0; slot < own.Length; slot++) own[slot] = parameters.Layout.Zeros<T>();
        return Wrapped(inside, own);
    }

    /// <inheritdoc/>
    private protected sealed override (ParameterTree<T> Parameters, OptimizerState<T> State) Run<T>(
        ParameterTree<T> parameters, ParameterTree<T> gradients, OptimizerState<T> state, PassOutput output, bool donate)
    {
        TreeLayout layout = parameters.Layout;
        StateSchema inside = Inner.SchemaFor(layout, InnerStarts(state.Starts)), schema = Around(inside);
        state.RequireFit(schema, layout, this);
        return Wrap(new WrapperStep<T>(this, schema, inside, parameters, gradients, state, output, donate));
    }

    /// <inheritdoc/>
    private protected sealed override ParameterTree<T> Evaluate<T>(ParameterTree<T> parameters, OptimizerState<T> state)
    {
        TreeLayout layout = parameters.Layout;
        StateSchema schema = SchemaFor(layout, state.Starts);
        state.RequireFit(schema, layout, this);
        return Inner.EvaluationParameters(parameters, InnerState(state));
    }

    /// <inheritdoc/>
    private protected sealed override (OptimizerState<T> State, ContinuationReport Report) GoOn<T>(
        OptimizerState<T> state, ParameterTree<T> parameters)
    {
        if (OwnSlotNames.IsEmpty) return Inner.Continue(state, parameters);
        ImmutableArray<string> own = OwnSlotNames;
        string? identity = StateIdentity.Without(StateIdentity.Of(GetType(), own), state.Identity);
        bool fits = state.SlotCount >= own.Length && (identity is not null || state.Identity.Length == 0)
            && (state.SlotNames.IsEmpty || state.SlotNames[^own.Length..].AsSpan().SequenceEqual(own.AsSpan()));
        // What is inside may be a wrapper too, which looks for its slots at the end.
        (OptimizerState<T> inside, ContinuationReport report) = Inner.Continue(
            fits ? state.Leading(state.SlotCount - own.Length, identity ?? "") : state, parameters);
        ParameterTree<T>[] slots = new ParameterTree<T>[own.Length];
        for (int slot = 0; slot < own.Length; slot++)
        {
            ParameterTree<T> before = fits ? state[state.SlotCount - own.Length + slot] : default;
            fits = fits && parameters.Layout.Equals(before.Layout);
            slots[slot] = fits ? before.Copy() : parameters.Layout.Zeros<T>();
        }

        OptimizerState<T> next = Wrapped(inside, slots);
        report = report.With(new(GetType().Name, "every leaf", fits));
        // What was gathered of other leaves is no gradient of these.
        return (next.Counted(next.Counters with { Accumulated = fits ? state.Counters.Accumulated : 0 }), report);
    }

    /// <summary>The state of the optimizer inside, which shares its trees.</summary>
    private OptimizerState<T> InnerState<T>(OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        OptimizerState<T> inside = state[..(state.SlotCount - OwnSlotNames.Length)];
        // What this one has gathered is nothing to an optimizer that does not gather.
        return Inner.Accumulates ? inside : inside.With(inside.Counters with { Accumulated = 0 });
    }

    /// <summary>The state of the optimizer inside, followed by the own slots; they share the trees.</summary>
    internal OptimizerState<T> Wrapped<T>(OptimizerState<T> inside, ReadOnlySpan<ParameterTree<T>> own)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Around(inside.Shell!.Schema).Rent<T>().Around(inside.Shell!, own);

    private StateSchema Around(StateSchema inside) =>
        OwnSlotNames.IsEmpty ? inside
        : schemas.TryGetValue(inside, out StateSchema? known) ? known
        : schemas.GetValue(inside, AroundAnew);

    private StateSchema AroundAnew(StateSchema inside) => new()
    {
        SlotNames = [.. inside.SlotNames, .. OwnSlotNames],
        SlotLayouts = [.. inside.SlotLayouts, .. OwnSlotNames.Select(_ => (TreeLayout?)null)],
        ScalarNames = inside.ScalarNames,
        SlotFormats = inside.SlotFormats.IsEmpty ? [] : [.. inside.SlotFormats, .. OwnSlotNames.Select(_ => Optim.StateFormat.Full)],
        Identity = StateIdentity.Join(inside.Identity, StateIdentity.Of(GetType(), OwnSlotNames)),
        Starts = inside.Starts is null ? null
            : SlotStarts.Of([.. inside.Starts.OfSlots, .. OwnSlotNames.Select(_ => ImmutableArray<long>.Empty)]),
    };

    /// <summary>A state that does not fit may have fewer slots than the wrapper keeps; it is refused later.</summary>
    private SlotStarts? InnerStarts(SlotStarts? starts) => starts is null || OwnSlotNames.IsEmpty
        ? starts
        : SlotStarts.Of(starts.OfSlots[..^Math.Min(OwnSlotNames.Length, starts.OfSlots.Length)]);

    /// <summary>Whether the settings and the optimizers inside are the same.</summary>
    public virtual bool Equals(Wrapper? other) => base.Equals(other) && Inner == other!.Inner;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(EqualityContract, Inner);

    /// <summary>The errors of what is put inside a wrapper: it is missing, or has one of the same kind, whose counter both would count in.</summary>
    private protected static ValidationErrors CheckInside<TWrapper>(Optimizer inner)
        where TWrapper : Wrapper
    {
        Wrapper? within = inner as Wrapper;
        while (within is not (null or TWrapper)) within = within.Inner as Wrapper;
        return new ValidationErrors().Require(inner)
            .Require(inner is not FunctionOptimizer, nameof(inner), inner, "an optimizer of gradients; put the wrapper inside it")
            .Require(within is null, nameof(inner), inner, $"an optimizer without another {typeof(TWrapper).Name} inside");
    }
}
