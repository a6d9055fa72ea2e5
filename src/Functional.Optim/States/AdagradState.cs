using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of Adagrad: the number of finished updates and the sum of the squared gradients.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct AdagradState<T> : IOptimizerState<T, AdagradState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made by hand.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="sum">s, the initial accumulator included.</param>
    public AdagradState(long step, ParameterTree<T> sum)
        : this(new(step, AdagradScaling.Slots, [sum]))
    {
    }

    private AdagradState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>s, the initial accumulator included.</summary>
    public ParameterTree<T> Sum { get => state[0]; init => state = state.With(0, value); }

    /// <inheritdoc/>
    public static AdagradState<T> From(OptimizerState<T> state) => new(state.Part(AdagradScaling.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
