using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of Adamax: the number of finished updates, the first moment and the infinity norm.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct AdamaxState<T> : IOptimizerState<T, AdamaxState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made by hand.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="m">m, the running mean of the gradients, not bias-corrected.</param>
    /// <param name="norm">n, their decaying maximum.</param>
    public AdamaxState(long step, ParameterTree<T> m, ParameterTree<T> norm)
        : this(new(step, AdamaxScaling.Slots, [m, norm]))
    {
    }

    private AdamaxState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m, the running mean of the gradients, not bias-corrected.</summary>
    public ParameterTree<T> M { get => state[0]; init => state = state.With(0, value); }

    /// <summary>n, their decaying maximum.</summary>
    public ParameterTree<T> Norm { get => state[1]; init => state = state.With(1, value); }

    /// <inheritdoc/>
    public static AdamaxState<T> From(OptimizerState<T> state) => new(state.Part(AdamaxScaling.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
