using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of Lion: the number of finished updates and the momentum.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct LionState<T> : IOptimizerState<T, LionState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made by hand.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="m">m, the running mean of the gradients.</param>
    public LionState(long step, ParameterTree<T> m)
        : this(new(step, LionScaling.Slots, [m]))
    {
    }

    private LionState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m, the running mean of the gradients.</summary>
    public ParameterTree<T> M { get => state[0]; init => state = state.With(0, value); }

    /// <inheritdoc/>
    public static LionState<T> From(OptimizerState<T> state) => new(state.Part(LionScaling.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
