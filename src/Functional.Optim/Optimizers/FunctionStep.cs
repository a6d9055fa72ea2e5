using System.Numerics;

namespace Functional.Optim;

/// <summary>What a <see cref="FunctionOptimizer"/> is given for a step, and how it returns what it made.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly ref struct FunctionStep<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly FunctionOptimizer optimizer;

    internal FunctionStep(
        FunctionOptimizer optimizer, ValueAndGradient<T> function, ParameterTree<T> parameters, OptimizerState<T> state,
        bool isDonated)
    {
        this.optimizer = optimizer;
        Function = function;
        Parameters = parameters;
        State = state;
        IsDonated = isDonated;
    }

    /// <summary>
    /// The loss and its gradient, as the caller gave them; <see cref="Evaluate"/> checks what they return.
    /// </summary>
    public ValueAndGradient<T> Function { get; }

    /// <summary>θ.</summary>
    public ParameterTree<T> Parameters { get; }

    /// <summary>The state after the step before, with the slots and scalars of the optimizer by name.</summary>
    public OptimizerState<T> State { get; }

    /// <summary>
    /// Whether parameters, state and the gradients that the function returns are consumed; else all of them stay as
    /// they are.
    /// </summary>
    public bool IsDonated { get; }

    /// <summary>The number of this step, from 1.</summary>
    public long Number => checked(State.Step + 1);

    /// <summary>
    /// The loss at a point and its gradient, which has its own memory and the layout of the parameters.
    /// </summary>
    /// <param name="at">The point.</param>
    /// <exception cref="ArgumentException">The gradient has another layout.</exception>
    public (double Loss, ParameterTree<T> Gradients) Evaluate(ParameterTree<T> at)
    {
        (double loss, ParameterTree<T> gradients) = Function(at);
        at.Layout.RequireSame(gradients.Layout, nameof(gradients));
        return (loss, gradients.IsIn(at) ? gradients.Copy() : gradients);
    }

    /// <summary>
    /// What the step returns, with the number of updates one higher. Trees that the step was given are copied, or
    /// passed on if the step is donated; what a donated step was given and does not return is released.
    /// </summary>
    /// <param name="parameters">θ'.</param>
    /// <param name="loss">The loss before the step.</param>
    /// <param name="slots">The slots after the step, in the order of their names, each a separate tree.</param>
    /// <param name="scalars">The scalars after the step, in the order of their names.</param>
    /// <exception cref="ArgumentException">There is not one for each name, or the parameters have another
    /// layout.</exception>
    /// <exception cref="ArithmeticException">A scalar is not finite.</exception>
    public (ParameterTree<T> Parameters, OptimizerState<T> State, double Loss) Next(
        ParameterTree<T> parameters, double loss, ReadOnlySpan<ParameterTree<T>> slots = default,
        ReadOnlySpan<double> scalars = default)
    {
        StateSchema schema = optimizer.DescribeState(slots.Length);
        if (slots.Length != schema.SlotCount || scalars.Length != schema.ScalarNames.Length)
        {
            throw new ArgumentException(
                $"{optimizer} keeps {schema.SlotCount} slots and {schema.ScalarNames.Length} scalars; "
                + $"its step returned {slots.Length} and {scalars.Length}.", nameof(slots));
        }

        Parameters.Layout.RequireSame(parameters.Layout, nameof(parameters));
        schema.RequireFinite(scalars, Number);
        foreach (ParameterTree<T> slot in slots) Parameters.Layout.RequireSame(slot.Layout, nameof(slots));
        StateShell<T> next = schema.Rent<T>();
        (next.Step, next.Counters) = (Number, State.Counters);
        scalars.CopyTo(next.Scalars);
        bool stays = parameters.IsIn(Parameters);
        if (SlotOf(parameters) >= 0 || (stays && !IsDonated)) parameters = parameters.Copy();
        for (int slot = 0; slot < slots.Length; slot++)
        {
            bool isGiven = slots[slot].IsIn(Parameters) || (!IsDonated && SlotOf(slots[slot]) >= 0);
            next.Slots[slot] = isGiven ? slots[slot].Copy() : slots[slot];
        }

        return (IsDonated ? Take(parameters, stays, next) : parameters, next.Handle(), loss);
    }

    /// <summary>
    /// Takes what was given from its owners. Where one has it no more, the parameters stay where they were.
    /// </summary>
    private ParameterTree<T> Take(ParameterTree<T> parameters, bool stays, StateShell<T> next)
    {
        const string replacing = Optimizer.DonatingReplaces;
        ParameterTree<T> taken = Parameters.Transfer(replacing);
        int done = 0;
        try
        {
            for (; done < State.SlotCount; done++)
            {
                ParameterTree<T> given = State[done];
                int kept = -1;
                for (int slot = 0; slot < next.Slots.Length && kept < 0; slot++)
                    kept = next.Slots[slot].IsIn(given) ? slot : -1;
                if (kept >= 0) next.Slots[kept] = given.Transfer(replacing);
                else given.Release(replacing);
            }

            State.Replace(replacing, releaseSlots: false);
        }
        catch when (done == 0)
        {
            Parameters.Restore();
            throw;
        }

        if (stays) return taken;
        taken.Release(replacing);
        return parameters;
    }

    private int SlotOf(ParameterTree<T> tree)
    {
        for (int slot = 0; slot < State.SlotCount; slot++)
        {
            if (State[slot].IsIn(tree)) return slot;
        }

        return -1;
    }
}
