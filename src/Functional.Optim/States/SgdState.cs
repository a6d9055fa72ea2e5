using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of stochastic gradient descent: the number of finished updates and the momentum buffer.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Step">How many updates are finished.</param>
/// <param name="Momentum">m; <c>default</c> when the momentum is 0, which needs no buffer.</param>
public readonly record struct SgdState<T>(long Step, ParameterTree<T> Momentum = default) : IOptimizerState<T, SgdState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal CarriedIdentity Identity { get; init; }

    /// <inheritdoc/>
    public static SgdState<T> From(OptimizerState<T> state)
    {
        if (state.SlotCount == 0) return new(state.Step);
        OptimizerState<T> part = state.Part(Trace.Slots.AsSpan());
        return new(part.Step, part[0]) { Identity = new(part.Identity) };
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => Momentum.IsDefault ? new(Step) : new(Step, Trace.Slots, Identity.Text, [Momentum]);
}
