using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of stochastic gradient descent: the number of finished updates and the momentum buffer.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct SgdState<T> : IOptimizerState<T, SgdState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made by hand.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="momentum">m; <c>default</c> when the momentum is 0, which needs no buffer.</param>
    public SgdState(long step, ParameterTree<T> momentum = default)
        : this(momentum.IsDefault ? new(step) : new OptimizerState<T>(step, Functional.Optim.Momentum.Slots, [momentum]))
    {
    }

    private SgdState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m; <c>default</c> when the momentum is 0, which needs no buffer.</summary>
    public ParameterTree<T> Momentum => state.SlotCount == 0 ? default : state[0];

    /// <inheritdoc/>
    public static SgdState<T> From(OptimizerState<T> state) =>
        new(state.SlotCount == 0 ? state : state.Part(Functional.Optim.Momentum.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
