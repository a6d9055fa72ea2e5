using System.Numerics;

namespace Functional.Optim;

/// <summary>One leaf after a step, for a transform that computes the parameters for evaluation.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly ref struct EvaluationContext<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;
    private readonly Plan plan;
    private readonly PlacedTransform placed;

    internal EvaluationContext(
        Plan plan, PlacedTransform placed, OptimizerState<T> state, Leaf leaf, ReadOnlySpan<T> parameters)
    {
        this.plan = plan;
        this.placed = placed;
        this.state = state;
        Leaf = leaf;
        Parameters = parameters;
    }

    /// <summary>The leaf.</summary>
    public Leaf Leaf { get; }

    /// <summary>The number of finished updates.</summary>
    public long Step => state.Step;

    /// <summary>The number of updates of the leaf's slots.</summary>
    public long SlotStep => Step - SlotPlan.StartOf(plan.Slots, placed, Leaf);

    /// <summary>θ, the parameters of the leaf.</summary>
    public ReadOnlySpan<T> Parameters { get; }

    /// <summary>The scalars of the transform.</summary>
    public ReadOnlySpan<double> Scalars => (state.Shell?.Scalars).AsSpan(placed.FirstScalar, placed.ScalarNames.Length);

    /// <summary>A slot of the leaf; empty when the leaf does not have it.</summary>
    /// <param name="slot">The index in <see cref="Transform.SlotNames"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slot.</exception>
    public ReadOnlySpan<T> Slot(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, placed.SlotNames.Length);
        int number = placed.FirstSlot + slot;
        return plan.Slots[number].LeafOf(Leaf) is { } own ? state[number].AsSpan(own) : [];
    }
}
