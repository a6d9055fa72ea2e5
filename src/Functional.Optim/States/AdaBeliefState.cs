using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of AdaBelief: the number of finished updates, the first moment and the deviation from it.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly record struct AdaBeliefState<T> : IOptimizerState<T, AdaBeliefState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly OptimizerState<T> state;

    /// <summary>A state made by hand.</summary>
    /// <param name="step">How many updates are finished.</param>
    /// <param name="m">m, the running mean of the gradients, not bias-corrected.</param>
    /// <param name="s">s, the running mean of (u − m)², not bias-corrected.</param>
    public AdaBeliefState(long step, ParameterTree<T> m, ParameterTree<T> s)
        : this(new(step, AdaBeliefScaling.Slots, [m, s]))
    {
    }

    private AdaBeliefState(OptimizerState<T> state) => this.state = state;

    /// <inheritdoc/>
    public long Step { get => state.Step; init => state = state.At(value); }

    /// <summary>m, the running mean of the gradients, not bias-corrected.</summary>
    public ParameterTree<T> M { get => state[0]; init => state = state.With(0, value); }

    /// <summary>s, the running mean of (u − m)², not bias-corrected.</summary>
    public ParameterTree<T> S { get => state[1]; init => state = state.With(1, value); }

    /// <inheritdoc/>
    public static AdaBeliefState<T> From(OptimizerState<T> state) => new(state.Part(AdaBeliefScaling.Slots.AsSpan()));

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => state;
}
