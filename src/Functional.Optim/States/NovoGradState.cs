using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// The state of NovoGrad: the number of finished updates, a second moment for each leaf and the momentum.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct NovoGradState<T> : IOptimizerState<T, NovoGradState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly ImmutableArray<string> Slots = [.. NovoGradScaling.Slots, .. Functional.Optim.Momentum.Slots];

    private readonly OptimizerState<T> state;

    /// <summary>A state made by hand.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="v">V, the running mean of the squared norms of the gradients: a scalar for each leaf.</param>
    /// <param name="momentum">m.</param>
    public NovoGradState(long step, ParameterTree<T> v, ParameterTree<T> momentum)
        : this(new(step, Slots, [v, momentum]))
    {
    }

    private NovoGradState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>V, the running mean of the squared norms of the gradients: a scalar for each leaf.</summary>
    public ParameterTree<T> V { get => state[0]; init => state = state.With(0, value); }

    /// <summary>m.</summary>
    public ParameterTree<T> Momentum { get => state[1]; init => state = state.With(1, value); }

    /// <inheritdoc/>
    public static NovoGradState<T> From(OptimizerState<T> state) => new(state.Part(Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
