using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim;

/// <summary>
/// An optimizer that asks for loss and gradient itself, any number of times within a step: override
/// <see cref="Minimize{T}"/>. Its steps take a <see cref="ValueAndGradient{T}"/>; one that is given a gradient throws
/// <see cref="NotSupportedException"/>.
/// </summary>
/// <remarks>
/// It is used alone or with another optimizer inside, as in <see cref="Sam"/>, and cannot be part of a composition. It
/// throws <see cref="NonFiniteGradientException"/> where a loss or gradient that it cannot do without is not finite.
/// </remarks>
public abstract record FunctionOptimizer : Optimizer
{
    private StateSchema[] schemas = [];

    /// <summary>An optimizer without groups.</summary>
    protected FunctionOptimizer()
    {
    }

    /// <summary>A copy, whose state may have other names once <c>with</c> has changed it.</summary>
    /// <param name="original">The record to copy.</param>
    protected FunctionOptimizer(FunctionOptimizer original)
        : base(original) => schemas = [];

    /// <summary>
    /// The transforms whose rate and groups are reported; none unless another optimizer is inside.
    /// </summary>
    protected internal override ImmutableArray<Transform> Transforms => [];

    /// <summary>
    /// The names of the slots it keeps, each a tree of the layout of the parameters that starts as zeros.
    /// </summary>
    protected virtual ImmutableArray<string> SlotNames => [];

    /// <summary>The names of the numbers it keeps, which start as zeros.</summary>
    protected virtual ImmutableArray<string> ScalarNames => [];

    /// <summary>
    /// Makes a step. It ends with <see cref="FunctionStep{T}.Next"/>; where it throws, nothing was changed.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="step">What the step was given.</param>
    /// <returns>The parameters and the state after the step, and the loss before it.</returns>
    protected abstract (ParameterTree<T> Parameters, OptimizerState<T> State, double Loss) Minimize<T>(
        in FunctionStep<T> step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Whether the settings and the groups are the same.</summary>
    public virtual bool Equals(FunctionOptimizer? other) => base.Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();

    /// <summary>The names of a state with so many slots.</summary>
    private protected virtual ImmutableArray<string> SlotNamesOf(int slots) => SlotNames;

    /// <inheritdoc cref="SlotNamesOf"/>
    private protected virtual ImmutableArray<string> ScalarNamesOf(int slots) => ScalarNames;

    /// <summary>What the slots mean.</summary>
    private protected virtual string StateIdentityText =>
        SlotNames.IsEmpty && ScalarNames.IsEmpty ? "" : StateIdentity.Of(GetType(), SlotNames);

    /// <inheritdoc/>
    internal override double BytesPerParameter<T>() => SlotNames.Length * Unsafe.SizeOf<T>();

    /// <inheritdoc/>
    internal override StateSchema DescribeState() => DescribeState(0);

    /// <inheritdoc/>
    internal override StateSchema DescribeState(int slots)
    {
        ImmutableArray<string> names = SlotNamesOf(slots);
        while (true)
        {
            StateSchema[] known = Volatile.Read(ref schemas);
            foreach (StateSchema schema in known)
            {
                if (schema.SlotCount == names.Length) return schema;
            }

            StateSchema made = new()
            {
                SlotNames = names, SlotLayouts = [.. names.Select(_ => (TreeLayout?)null)],
                ScalarNames = ScalarNamesOf(slots),
                Identity = StateIdentityText,
            };
            if (Interlocked.CompareExchange(ref schemas, [.. known, made], known) == known) return made;
        }
    }

    /// <inheritdoc/>
    internal override StateSchema SchemaFor(TreeLayout layout, SlotStarts? starts) => DescribeState();

    /// <inheritdoc/>
    private protected override OptimizerState<T> Start<T>(ParameterTree<T> parameters)
    {
        FrozenLeaves(parameters.Layout);
        StateShell<T> start = DescribeState().Rent<T>();
        (start.Step, start.Counters) = (0, default);
        for (int slot = 0; slot < start.Slots.Length; slot++) start.Slots[slot] = parameters.Layout.Zeros<T>();
        start.Scalars.AsSpan().Clear();
        return start.Handle();
    }

    /// <summary>What it keeps is kept in full.</summary>
    /// <exception cref="ArgumentException">Another format is given.</exception>
    public override StateFormat? StateFormat
    {
        get => null;
        init
        {
            if (value is not (null or Optim.StateFormat.Full))
                throw new ArgumentException(
                    $"{GetType().Name} cannot keep its state as {value}; allowed is {Optim.StateFormat.Full}.",
                    nameof(value));
        }
    }

    /// <inheritdoc/>
    private protected override ParameterTree<T> Evaluate<T>(ParameterTree<T> parameters, OptimizerState<T> state)
    {
        RequireFit(state, parameters.Layout);
        return parameters;
    }

    /// <inheritdoc/>
    private protected override (OptimizerState<T> State, ContinuationReport Report) GoOn<T>(
        OptimizerState<T> state, ParameterTree<T> parameters)
    {
        bool fits = true;
        try
        {
            RequireFit(state, parameters.Layout);
        }
        catch (ArgumentException)
        {
            fits = false;
        }

        ImmutableArray<string> names =
        [
            .. Enumerable.Range(0, state.SlotCount)
                .Select(slot => state.SlotNames.IsEmpty ? $"slot {slot}" : state.SlotNames[slot]),
        ];
        return (
            fits
                ? state.Copy()
                : Start(parameters).At(state.Step).Counted(
                    Accumulates ? state.Counters : state.Counters with { Accumulated = 0 }),
            new ContinuationReport([new(StateIdentityText, "every leaf", fits)], fits ? [] : names));
    }

    /// <inheritdoc/>
    private protected sealed override (ParameterTree<T> Parameters, OptimizerState<T> State) Run<T>(
        ParameterTree<T> parameters, ParameterTree<T> gradients, OptimizerState<T> state, PassOutput output,
        bool donate) =>
        throw new NotSupportedException(
            $"{GetType().Name} asks for loss and gradient itself: call Step(valueAndGradient, parameters, state), "
            + "not a step with gradients.");

    /// <inheritdoc/>
    internal sealed override (ParameterTree<T> Parameters, OptimizerState<T> State, double Loss) Descend<T>(
        ValueAndGradient<T> valueAndGradient, ParameterTree<T> parameters, OptimizerState<T> state, bool donate)
    {
        RequireFit(state, parameters.Layout);
        return Minimize(new FunctionStep<T>(this, valueAndGradient, parameters, state, donate));
    }

    /// <summary>Fails unless the state is one of this optimizer for parameters of a layout.</summary>
    private protected virtual void RequireFit<T>(OptimizerState<T> state, TreeLayout layout)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        state.RequireFit(DescribeState(state.SlotCount), layout, this);
}
