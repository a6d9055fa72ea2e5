using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of Adafactor: the number of finished updates and the factors of the second moment.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct AdafactorState<T> : IOptimizerState<T, AdafactorState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    private AdafactorState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>
    /// R, the running means of the squared gradients over the columns, of leaves of rank 2 and more: their shape
    /// without the last dimension.
    /// </summary>
    public ParameterTree<T> Row { get => state[0]; init => state = state.With(0, value); }

    /// <summary>C, those over the rows: the shape without the last dimension but one.</summary>
    public ParameterTree<T> Column { get => state[1]; init => state = state.With(1, value); }

    /// <summary>v, the running mean of the squared gradients, of vectors and scalars.</summary>
    public ParameterTree<T> V { get => state[2]; init => state = state.With(2, value); }

    /// <summary>m, the running mean of the steps; <c>default</c> unless the optimizer has momentum.</summary>
    public ParameterTree<T> M => state.SlotCount > 3 ? state[3] : default;

    /// <inheritdoc/>
    public static AdafactorState<T> From(OptimizerState<T> state)
    {
        bool hasMomentum = state.SlotNames.IsEmpty ? state.SlotCount == 4 : HasMomentum(state);
        return new(state.Part((hasMomentum ? AdafactorScaling.MomentumSlots : AdafactorScaling.Slots).AsSpan()));
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;

    /// <summary>Whether the slots of Adafactor, not those of another part, end with a momentum.</summary>
    private static bool HasMomentum(OptimizerState<T> state) => state.Identity.Contains("adafactor(row, column, v, m)", StringComparison.Ordinal)
        || (state.Identity.Length == 0 && state.Has(AdafactorScaling.MomentumSlots[^1]));
}
