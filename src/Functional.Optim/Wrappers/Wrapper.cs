using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim;

/// <summary>
/// An optimizer around another one. It decides whether the inner optimizer makes an update, and with
/// which gradient: override <see cref="Wrap"/>.
/// </summary>
/// <remarks>
/// Its state is that of the inner optimizer, followed by the slots of the wrapper (<see cref="OwnSlotNames"/>),
/// each with the layout of the parameters. It counts in <see cref="OptimizerState{T}.Counters"/>. Wrappers of
/// different kinds may be nested in any order.
/// </remarks>
public abstract record Wrapper : Optimizer
{
    /// <summary>Wraps an optimizer.</summary>
    /// <param name="inner">The inner optimizer.</param>
    /// <exception cref="ArgumentNullException">The optimizer is null.</exception>
    protected Wrapper(Optimizer inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        Inner = inner;
    }

    /// <summary>Copies a record. A copy is changed by <c>with</c> next, so it starts without schemas.</summary>
    /// <param name="original">The record to copy.</param>
    protected Wrapper(Wrapper original)
        : base(original)
    {
        (schemas, Inner) = ([], original.Inner);
    }

    /// <summary>The schemas of the states, by the schemas of the inner optimizer.</summary>
    private readonly ConditionalWeakTable<StateSchema, StateSchema> schemas = [];

    /// <summary>The inner optimizer; it has the groups too.</summary>
    public Optimizer Inner { get; private protected init; }

    /// <inheritdoc/>
    public sealed override ImmutableArray<LeafGroup> Groups
    {
        get => Inner.Groups;
        init => Inner = Inner with { Groups = value };
    }

    /// <inheritdoc/>
    public sealed override StateFormat? StateFormat
    {
        get => Inner.StateFormat;
        init => Inner = Inner with { StateFormat = value };
    }

    /// <inheritdoc/>
    protected internal sealed override ImmutableArray<Transform> Transforms => Inner.Transforms;

    /// <summary>This wrapper around another optimizer.</summary>
    internal Wrapper WithInner(Optimizer inner) => this with { Inner = inner };

    /// <summary>The names of the slots of the wrapper, besides those of the inner optimizer.</summary>
    protected virtual ImmutableArray<string> OwnSlotNames => [];

    /// <summary>
    /// Makes a step: an update of the inner optimizer (<see cref="WrapperStep{T}.Inside"/>), or none.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="step">The inputs of the step.</param>
    /// <returns>The outputs of the step.</returns>
    protected abstract (ParameterTree<T> Output, OptimizerState<T> State) Wrap<T>(in WrapperStep<T> step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <inheritdoc/>
    internal sealed override double BytesPerParameter<T>() =>
        Inner.BytesPerParameter<T>() + (OwnSlotNames.Length * Unsafe.SizeOf<T>());

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
        {
            throw new InvalidOperationException(
                $"{GetType().Name}.{nameof(OwnSlotNames)} is default; allowed is a list of names, which may be empty.");
        }

        OptimizerState<T> inside = Inner.Init(parameters);
        if (OwnSlotNames.IsEmpty) return inside;
        ParameterTree<T>[] own = new ParameterTree<T>[OwnSlotNames.Length];
        for (int slot = 0; slot < own.Length; slot++) own[slot] = parameters.Layout.Zeros<T>();
        return Wrapped(inside, own);
    }

    /// <inheritdoc/>
    private protected sealed override (ParameterTree<T> Parameters, OptimizerState<T> State) Run<T>(
        ParameterTree<T> parameters,
        ParameterTree<T> gradients,
        OptimizerState<T> state,
        PassOutput output,
        bool donate)
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
        // The inner optimizer may be a wrapper too, which looks for its slots at the end.
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
        // A mean over other leaves is not a gradient of these.
        return (next.Counted(next.Counters with { Accumulated = fits ? state.Counters.Accumulated : 0 }), report);
    }

    /// <summary>The state of the inner optimizer; it shares the trees.</summary>
    private OptimizerState<T> InnerState<T>(OptimizerState<T> state)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        OptimizerState<T> inside = state[..(state.SlotCount - OwnSlotNames.Length)];
        // Without accumulation, the inner optimizer must not see accumulated gradients.
        return Inner.Accumulates ? inside : inside.With(inside.Counters with { Accumulated = 0 });
    }

    /// <summary>The state of the inner optimizer, followed by the slots of the wrapper; it shares the trees.</summary>
    internal OptimizerState<T> Wrapped<T>(OptimizerState<T> inside, ReadOnlySpan<ParameterTree<T>> own)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Around(inside.Shell!.Schema).Rent<T>().Around(inside.Shell!, own);

    private StateSchema Around(StateSchema inside) =>
        OwnSlotNames.IsEmpty ? inside
        : schemas.TryGetValue(inside, out StateSchema? known) ? known
        : schemas.GetValue(inside, CreateAround);

    private StateSchema CreateAround(StateSchema inside) => new()
    {
        SlotNames = [.. inside.SlotNames, .. OwnSlotNames],
        SlotLayouts = [.. inside.SlotLayouts, .. OwnSlotNames.Select(_ => (TreeLayout?)null)],
        ScalarNames = inside.ScalarNames,
        SlotFormats = inside.SlotFormats.IsEmpty
            ? []
            : [.. inside.SlotFormats, .. OwnSlotNames.Select(_ => Optim.StateFormat.Full)],
        Identity = StateIdentity.Join(inside.Identity, StateIdentity.Of(GetType(), OwnSlotNames)),
        Starts = inside.Starts is null ? null
            : SlotStarts.Of([.. inside.Starts.OfSlots, .. OwnSlotNames.Select(_ => ImmutableArray<long>.Empty)]),
    };

    /// <summary>A state that does not fit may have fewer slots than the wrapper; it is rejected later.</summary>
    private SlotStarts? InnerStarts(SlotStarts? starts) => starts is null || OwnSlotNames.IsEmpty
        ? starts
        : SlotStarts.Of(starts.OfSlots[..^Math.Min(OwnSlotNames.Length, starts.OfSlots.Length)]);

    /// <summary>Whether the settings and the inner optimizers are equal.</summary>
    public virtual bool Equals(Wrapper? other) => base.Equals(other) && Inner == other!.Inner;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(EqualityContract, Inner);

    /// <summary>
    /// The errors of an inner optimizer: it is missing, or it contains a wrapper of the
    /// same kind, which would use the same counter.
    /// </summary>
    private protected static ValidationErrors CheckInside<TWrapper>(Optimizer inner)
        where TWrapper : Wrapper
    {
        Wrapper? within = inner as Wrapper;
        while (within is not (null or TWrapper)) within = within.Inner as Wrapper;
        return new ValidationErrors().Require(inner)
            .Require(
                inner is not FunctionOptimizer,
                nameof(inner),
                inner,
                "an optimizer of gradients; wrap the one inside it")
            .Require(
                within is null, nameof(inner), inner, $"an optimizer without another {typeof(TWrapper).Name} inside");
    }
}
