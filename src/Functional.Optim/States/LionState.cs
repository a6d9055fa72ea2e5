using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of Lion: the number of finished updates and the momentum.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Step">How many updates are finished.</param>
/// <param name="M">m, the running mean of the gradients.</param>
public readonly record struct LionState<T>(long Step, ParameterTree<T> M) : IOptimizerState<T, LionState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal CarriedIdentity Identity { get; init; }

    /// <inheritdoc/>
    public static LionState<T> From(OptimizerState<T> state)
    {
        OptimizerState<T> part = state.Part(LionScaling.Slots.AsSpan());
        return new(part.Step, part[0]) { Identity = new(part.Identity) };
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => new(Step, LionScaling.Slots, Identity.Text, [M]);
}
