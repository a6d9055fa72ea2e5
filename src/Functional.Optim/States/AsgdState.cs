using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of averaged stochastic gradient descent: the number of finished updates and the averaged parameters.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct AsgdState<T> : IOptimizerState<T, AsgdState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made by hand.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="average">a, the parameters themselves before the first update.</param>
    public AsgdState(long step, ParameterTree<T> average)
        : this(new(step, ParameterAverage.Slots, [average]))
    {
    }

    private AsgdState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>a, the parameters themselves before the first update.</summary>
    public ParameterTree<T> Average { get => state[0]; init => state = state.With(0, value); }

    /// <inheritdoc/>
    public static AsgdState<T> From(OptimizerState<T> state) => new(state.Part(ParameterAverage.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
