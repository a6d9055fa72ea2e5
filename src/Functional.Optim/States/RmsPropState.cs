using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of RMSprop: the number of finished updates, the second moment and, where they are kept, mean and momentum.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct RmsPropState<T> : IOptimizerState<T, RmsPropState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made by hand.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="v">v, the running mean of the squared gradients.</param>
    /// <param name="mean">a, the running mean of the gradients; <c>default</c> unless the optimizer is centered.</param>
    /// <param name="momentum">b; <c>default</c> unless the optimizer has momentum.</param>
    public RmsPropState(
        long step, ParameterTree<T> v, ParameterTree<T> mean = default, ParameterTree<T> momentum = default)
        : this(new(
            step, RmsPropScaling.SlotsWith(!mean.IsDefault, !momentum.IsDefault),
            [v, .. mean.IsDefault ? [] : (ParameterTree<T>[])[mean], .. momentum.IsDefault ? [] : (ParameterTree<T>[])[momentum]]))
    {
    }

    private RmsPropState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>v, the running mean of the squared gradients.</summary>
    public ParameterTree<T> V { get => state[0]; init => state = state.With(0, value); }

    /// <summary>a, the running mean of the gradients; <c>default</c> unless the optimizer is centered.</summary>
    public ParameterTree<T> Mean => state.SlotCount == 3 || state.Has(RmsPropScaling.CenteredSlots[^1]) ? state[1] : default;

    /// <summary>b; <c>default</c> unless the optimizer has momentum.</summary>
    public ParameterTree<T> Momentum => state.SlotCount == 3 || state.Has(Functional.Optim.Momentum.Slots[^1]) ? state[state.SlotCount - 1] : default;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The state has two slots without names, of which the second could be either.</exception>
    public static RmsPropState<T> From(OptimizerState<T> state)
    {
        if (state.SlotNames.IsEmpty && state.SlotCount == 2)
            throw new ArgumentException("The state has 2 slots without names; the second can be the mean or the momentum.", nameof(state));
        bool both = state.SlotNames.IsEmpty && state.SlotCount == 3;
        bool centered = both || state.Has(RmsPropScaling.CenteredSlots[^1]), momentum = both || state.Has(Functional.Optim.Momentum.Slots[^1]);
        return new(state.Part(RmsPropScaling.SlotsWith(centered, momentum).AsSpan()));
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
