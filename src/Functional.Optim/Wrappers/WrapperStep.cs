using System.Numerics;

namespace Functional.Optim;

/// <summary>What a wrapper is given for a step, and the two things it can do: an update of the optimizer inside, or none.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly ref struct WrapperStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Wrapper wrapper;
    private readonly StateSchema schema;
    private readonly StateSchema innerSchema;
    private readonly PassOutput output;

    internal WrapperStep(
        Wrapper wrapper, StateSchema schema, StateSchema innerSchema, ParameterTree<T> parameters, ParameterTree<T> gradients,
        OptimizerState<T> state, PassOutput output, bool isDonated)
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

    /// <summary>θ.</summary>
    public ParameterTree<T> Parameters { get; }

    /// <summary>g. A step that is donated consumes it, if it does not fail.</summary>
    public ParameterTree<T> Gradients { get; }

    /// <summary>The state after the step before.</summary>
    public OptimizerState<T> State { get; }

    /// <summary>Whether parameters, gradients and state are consumed.</summary>
    public bool IsDonated { get; }

    /// <summary>A slot of the wrapper.</summary>
    /// <param name="slot">The slot, as in <see cref="Wrapper.OwnSlotNames"/>.</param>
    public ParameterTree<T> Own(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        return State[innerSchema.SlotCount + slot];
    }

    /// <summary>An update of the optimizer inside. Of a donated step it consumes parameters, the gradients given and the state, but not the own slots.</summary>
    /// <param name="gradients">What the optimizer inside gets for a gradient.</param>
    /// <param name="own">The wrapper's slots after the step.</param>
    public (ParameterTree<T> Output, OptimizerState<T> State) Inside(ParameterTree<T> gradients, params ReadOnlySpan<ParameterTree<T>> own)
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

    /// <summary>No update: parameters and inner state as they were, in memory of their own unless the step is donated.</summary>
    /// <param name="own">The wrapper's slots after the step.</param>
    public (ParameterTree<T> Output, OptimizerState<T> State) Unchanged(params ReadOnlySpan<ParameterTree<T>> own)
    {
        RequireOwn(own);
        StateShell<T> next = schema.Rent<T>();
        (next.Step, next.Counters) = (State.Step, State.Counters);
        State.Shell?.Scalars.CopyTo(next.Scalars, 0);
        for (int slot = 0; slot < innerSchema.SlotCount; slot++) next.Slots[slot] = IsDonated ? State.Slot(slot).HandOn(Consumer) : State.Slot(slot).Copy();
        for (int slot = 0; slot < own.Length; slot++) next.Slots[innerSchema.SlotCount + slot] = own[slot];
        ParameterTree<T> made = output == PassOutput.Deltas ? Parameters.Layout.Zeros<T>() : Kept(Parameters);
        if (IsDonated) State.Replace(Consumer, releaseSlots: false);
        return (made, next.Handle());
    }

    /// <summary>A tree that the step does not change: the same memory under a new handle if the step is donated, else a copy.</summary>
    /// <param name="tree">The tree; consumed if the step is donated.</param>
    public ParameterTree<T> Kept(ParameterTree<T> tree) => IsDonated ? tree.HandOn(Consumer) : tree.Copy();

    private static string Consumer => "Optimizer.StepDonating; use the state that it returned";

    private void RequireOwn(ReadOnlySpan<ParameterTree<T>> own)
    {
        int count = schema.SlotCount - innerSchema.SlotCount;
        if (own.Length != count) throw new ArgumentException($"{wrapper} keeps {count} slots of its own; its step returned {own.Length}.", nameof(own));
        foreach (ParameterTree<T> slot in own) Parameters.Layout.RequireSame(slot.Layout, nameof(own));
    }

    /// <summary>The state of the optimizer inside.</summary>
    private OptimizerState<T> Part()
    {
        StateShell<T> part = innerSchema.Rent<T>();
        UpdateCounters counters = State.Counters;
        (part.Step, part.Counters) = (State.Step, wrapper.Inner.Accumulates ? counters : counters with { Accumulated = 0 });
        for (int slot = 0; slot < innerSchema.SlotCount; slot++) part.Slots[slot] = State.Slot(slot);
        State.Shell?.Scalars.AsSpan(0, part.Scalars.Length).CopyTo(part.Scalars);
        return part.Handle();
    }
}
