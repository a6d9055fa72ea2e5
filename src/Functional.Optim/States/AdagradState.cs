using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of Adagrad: the number of finished updates and the sum of the squared gradients.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Step">How many updates are finished.</param>
/// <param name="Sum">s, the initial accumulator included.</param>
public readonly record struct AdagradState<T>(long Step, ParameterTree<T> Sum) : IOptimizerState<T, AdagradState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static AdagradState<T> From(OptimizerState<T> state) => new(state.Step, state.Part(AdagradScaling.Slots.AsSpan())[0]);

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => new(Step, AdagradScaling.Slots, [Sum]);
}
