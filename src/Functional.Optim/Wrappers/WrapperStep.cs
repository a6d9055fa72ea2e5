using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// The inputs of a wrapper's step, and the two things it can do: an update of the inner optimizer, or none.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly ref struct WrapperStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Wrapper wrapper;
    private readonly StateSchema schema;
    private readonly StateSchema innerSchema;
    private readonly PassOutput output;

    internal WrapperStep(
        Wrapper wrapper,
        StateSchema schema,
        StateSchema innerSchema,
        ParameterTree<T> parameters,
        ParameterTree<T> gradients,
        OptimizerState<T> state,
        PassOutput output,
        bool isDonated)
    {
        this.wrapper = wrapper;
        this.schema = schema;
        this.innerSchema = innerSchema;
        this.output = output;
        Parameters = parameters;
        Gradients = gradients;
        State = state;
        IsDonated = isDonated;
    }

    /// <summary>θ, the parameters.</summary>
    public ParameterTree<T> Parameters { get; }

    /// <summary>g, the gradients. A donated step consumes them unless it fails.</summary>
    public ParameterTree<T> Gradients { get; }

    /// <summary>The state before this step.</summary>
    public OptimizerState<T> State { get; }

    /// <summary>Whether parameters, gradients and state are consumed.</summary>
    public bool IsDonated { get; }

    /// <summary>A slot of the wrapper.</summary>
    /// <param name="slot">The index in <see cref="Wrapper.OwnSlotNames"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative.</exception>
    public ParameterTree<T> Own(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        return State[innerSchema.SlotCount + slot];
    }

    /// <summary>
    /// Makes an update of the inner optimizer. A donated step consumes the parameters, the gradients given here and the
    /// inner state, but not the slots of the wrapper.
    /// </summary>
    /// <param name="gradients">The gradients for the inner optimizer.</param>
    /// <param name="own">The slots of the wrapper after the step.</param>
    /// <exception cref="ArgumentException">The number of slots or a layout is wrong.</exception>
    public (ParameterTree<T> Output, OptimizerState<T> State) Inside(
        ParameterTree<T> gradients, params ReadOnlySpan<ParameterTree<T>> own)
    {
        RequireOwn(own);
        OptimizerState<T> inside = Part();
        ParameterTree<T> made;
        OptimizerState<T> moved;
        try
        {
            (made, moved) = wrapper.Inner.RunInside(Parameters, gradients, inside, output, IsDonated);
        }
        catch
        {
            inside.Replace(nameof(Wrapper), releaseSlots: false);
            throw;
        }

        if (!IsDonated) inside.Replace(nameof(Wrapper), releaseSlots: false);
        else State.Replace(Consumer, releaseSlots: false);
        OptimizerState<T> next = wrapper.Wrapped(moved, own);
        moved.Replace(nameof(Wrapper), releaseSlots: false);
        return (made, next);
    }

    /// <summary>
    /// Makes no update: parameters and inner state stay as they are. Unless the step is donated, they are copied.
    /// </summary>
    /// <param name="own">The slots of the wrapper after the step.</param>
    /// <exception cref="ArgumentException">The number of slots or a layout is wrong.</exception>
    public (ParameterTree<T> Output, OptimizerState<T> State) Unchanged(params ReadOnlySpan<ParameterTree<T>> own)
    {
        RequireOwn(own);
        StateShell<T> next = schema.Rent<T>();
        (next.Step, next.Counters) = (State.Step, State.Counters);
        State.Shell?.Scalars.CopyTo(next.Scalars, 0);
        for (int slot = 0; slot < innerSchema.SlotCount; slot++)
        {
            StateSlot<T> before = State.Slot(slot);
            next.Slots[slot] = IsDonated ? before.Transfer(Consumer) : before.Copy();
        }

        for (int slot = 0; slot < own.Length; slot++) next.Slots[innerSchema.SlotCount + slot] = own[slot];
        ParameterTree<T> made = output == PassOutput.Deltas ? Parameters.Layout.Zeros<T>() : Kept(Parameters);
        if (IsDonated) State.Replace(Consumer, releaseSlots: false);
        return (made, next.Handle());
    }

    /// <summary>
    /// A tree that the step does not change: of a donated step the same memory under a new handle, otherwise a copy.
    /// </summary>
    /// <param name="tree">The tree; consumed if the step is donated.</param>
    public ParameterTree<T> Kept(ParameterTree<T> tree) => IsDonated ? tree.Transfer(Consumer) : tree.Copy();

    private static string Consumer => "Optimizer.StepDonating; use the state that it returned";

    private void RequireOwn(ReadOnlySpan<ParameterTree<T>> own)
    {
        int count = schema.SlotCount - innerSchema.SlotCount;
        if (own.Length != count)
        {
            throw new ArgumentException(
                $"{wrapper} has {count} own slots; its step returned {own.Length}.", nameof(own));
        }

        foreach (ParameterTree<T> slot in own) Parameters.Layout.RequireSame(slot.Layout, nameof(own));
    }

    /// <summary>The state of the inner optimizer.</summary>
    private OptimizerState<T> Part()
    {
        StateShell<T> part = innerSchema.Rent<T>();
        UpdateCounters counters = State.Counters;
        (part.Step, part.Counters) = (
            State.Step, wrapper.Inner.Accumulates ? counters : counters with { Accumulated = 0 });
        for (int slot = 0; slot < innerSchema.SlotCount; slot++) part.Slots[slot] = State.Slot(slot);
        State.Shell?.Scalars.AsSpan(0, part.Scalars.Length).CopyTo(part.Scalars);
        return part.Handle();
    }
}
