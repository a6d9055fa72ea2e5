using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of Rprop: the number of finished updates, the gradient before and the step sizes.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct RpropState<T> : IOptimizerState<T, RpropState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made by hand.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="previousGradient">The gradient of the last update; 0 where its sign had flipped.</param>
    /// <param name="stepSize">The size of the last step of each parameter.</param>
    public RpropState(long step, ParameterTree<T> previousGradient, ParameterTree<T> stepSize)
        : this(new(step, RpropScaling.Slots, [previousGradient, stepSize]))
    {
    }

    private RpropState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>The gradient of the last update; 0 where its sign had flipped.</summary>
    public ParameterTree<T> PreviousGradient { get => state[0]; init => state = state.With(0, value); }

    /// <summary>The size of the last step of each parameter.</summary>
    public ParameterTree<T> StepSize { get => state[1]; init => state = state.With(1, value); }

    /// <inheritdoc/>
    public static RpropState<T> From(OptimizerState<T> state) => new(state.Part(RpropScaling.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
