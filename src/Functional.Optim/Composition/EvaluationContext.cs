using System.Numerics;

namespace Functional.Optim;

/// <summary>One leaf of the state after a step, for a transform that says which parameters to evaluate.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly ref struct EvaluationContext<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;
    private readonly Plan plan;
    private readonly PlacedTransform placed;

    internal EvaluationContext(Plan plan, PlacedTransform placed, OptimizerState<T> state, Leaf leaf, ReadOnlySpan<T> parameters)
    {
        this.plan = plan;
        this.placed = placed;
        this.state = state;
        Leaf = leaf;
        Parameters = parameters;
    }

    /// <summary>The leaf.</summary>
    public Leaf Leaf { get; }

    /// <summary>How many updates are finished.</summary>
    public long Step => state.Step;

    /// <summary>How many updates the slots of the leaf have had.</summary>
    public long SlotStep => Step - SlotPlan.StartOf(plan.Slots, placed, Leaf);

    /// <summary>θ of the leaf.</summary>
    public ReadOnlySpan<T> Parameters { get; }

    /// <summary>The scalars of the transform.</summary>
    public ReadOnlySpan<double> Scalars => (state.Shell?.Scalars).AsSpan(placed.FirstScalar, placed.ScalarNames.Length);

    /// <summary>A slot of the leaf; empty where the leaf has none.</summary>
    /// <param name="slot">The slot, as in <see cref="Transform.SlotNames"/>.</param>
    public ReadOnlySpan<T> Slot(int slot)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(slot, placed.SlotNames.Length);
        int number = placed.FirstSlot + slot;
        return plan.Slots[number].LeafOf(Leaf) is { } own ? state[number].AsSpan(own) : [];
    }
}
