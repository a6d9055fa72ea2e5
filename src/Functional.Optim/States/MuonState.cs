using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of Muon: the number of finished updates and the momentum.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct MuonState<T> : IOptimizerState<T, MuonState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made by hand.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="momentum">m, the running mean of the gradients.</param>
    public MuonState(long step, ParameterTree<T> momentum)
        : this(new(step, Ema.Slots, [momentum]))
    {
    }

    private MuonState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m, the running mean of the gradients.</summary>
    public ParameterTree<T> Momentum { get => state[0]; init => state = state.With(0, value); }

    /// <inheritdoc/>
    public static MuonState<T> From(OptimizerState<T> state) => new(state.Part(Ema.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
