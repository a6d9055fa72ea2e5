using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of Adadelta: the number of finished updates and the running means of squares.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Step">How many updates are finished.</param>
/// <param name="V">v, of the squared gradients.</param>
/// <param name="Delta">a, of the squared updates.</param>
public readonly record struct AdadeltaState<T>(long Step, ParameterTree<T> V, ParameterTree<T> Delta) : IOptimizerState<T, AdadeltaState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal CarriedIdentity Identity { get; init; }

    /// <inheritdoc/>
    public static AdadeltaState<T> From(OptimizerState<T> state)
    {
        OptimizerState<T> part = state.Part(AdadeltaScaling.Slots.AsSpan());
        return new(part.Step, part[0], part[1]) { Identity = new(part.Identity) };
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => new(Step, AdadeltaScaling.Slots, Identity.Text, [V, Delta]);
}
