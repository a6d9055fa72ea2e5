using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of Adadelta: the number of finished updates and the running means of squares.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct AdadeltaState<T> : IOptimizerState<T, AdadeltaState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made by hand.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="v">v, of the squared gradients.</param>
    /// <param name="delta">a, of the squared updates.</param>
    public AdadeltaState(long step, ParameterTree<T> v, ParameterTree<T> delta)
        : this(new(step, AdadeltaScaling.Slots, [v, delta]))
    {
    }

    private AdadeltaState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>v, of the squared gradients.</summary>
    public ParameterTree<T> V { get => state[0]; init => state = state.With(0, value); }

    /// <summary>a, of the squared updates.</summary>
    public ParameterTree<T> Delta { get => state[1]; init => state = state.With(1, value); }

    /// <inheritdoc/>
    public static AdadeltaState<T> From(OptimizerState<T> state) => new(state.Part(AdadeltaScaling.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
