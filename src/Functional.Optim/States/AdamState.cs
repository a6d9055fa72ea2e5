using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of Adam and AdamW: the number of finished updates and the two moments, not bias-corrected.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Step">How many updates are finished.</param>
/// <param name="M">m, the running mean of the gradients.</param>
/// <param name="V">v, the running mean of their squares.</param>
public readonly record struct AdamState<T>(long Step, ParameterTree<T> M, ParameterTree<T> V) : IOptimizerState<T, AdamState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static AdamState<T> From(OptimizerState<T> state)
    {
        OptimizerState<T> moments = state.Part(AdamScaling.Slots.AsSpan());
        return new(moments.Step, moments[0], moments[1]);
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => new(Step, AdamScaling.Slots, [M, V]);
}
