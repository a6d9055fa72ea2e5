using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of Adam and AdamW: the number of finished updates and the two moments, not bias-corrected.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct AdamState<T> : IOptimizerState<T, AdamState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made by hand.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="m">m, the running mean of the gradients.</param>
    /// <param name="v">v, the running mean of their squares.</param>
    /// <param name="maximumV">The largest second moment so far; <c>default</c> unless the optimizer keeps it.</param>
    public AdamState(long step, ParameterTree<T> m, ParameterTree<T> v, ParameterTree<T> maximumV = default)
        : this(maximumV.IsDefault ? new(step, AdamScaling.Slots, [m, v]) : new(step, AdamScaling.AmsGradSlots, [m, v, maximumV]))
    {
    }

    private AdamState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m, the running mean of the gradients.</summary>
    public ParameterTree<T> M { get => state[0]; init => state = state.With(0, value); }

    /// <summary>v, the running mean of their squares.</summary>
    public ParameterTree<T> V { get => state[1]; init => state = state.With(1, value); }

    /// <summary>The largest second moment so far; <c>default</c> unless the optimizer keeps it (<see cref="AmsGrad"/>).</summary>
    public ParameterTree<T> MaximumV => state.SlotCount > 2 ? state[2] : default;

    /// <inheritdoc/>
    public static AdamState<T> From(OptimizerState<T> state)
    {
        bool amsGrad = state.SlotNames.IsEmpty ? state.SlotCount == 3 : state.Has(AdamScaling.AmsGradSlots[^1]);
        return new(state.Part((amsGrad ? AdamScaling.AmsGradSlots : AdamScaling.Slots).AsSpan()));
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
