using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of averaged stochastic gradient descent: the number of finished updates and the averaged parameters.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Step">How many updates are finished.</param>
/// <param name="Average">a, the parameters themselves before the first update.</param>
public readonly record struct AsgdState<T>(long Step, ParameterTree<T> Average) : IOptimizerState<T, AsgdState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal CarriedIdentity Identity { get; init; }

    /// <inheritdoc/>
    public static AsgdState<T> From(OptimizerState<T> state)
    {
        OptimizerState<T> part = state.Part(AsgdAveraging.Slots.AsSpan());
        return new(part.Step, part[0]) { Identity = new(part.Identity) };
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => new(Step, AsgdAveraging.Slots, Identity.Text, [Average]);
}
