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
    public static AdamState<T> From(OptimizerState<T> state) => new(state.Step, state[0], state[1]);

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => new(Step, M, V);
}
