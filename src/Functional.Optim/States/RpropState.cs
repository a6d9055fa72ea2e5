using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of Rprop: the number of finished updates, the gradient before and the step sizes.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Step">How many updates are finished.</param>
/// <param name="PreviousGradient">The gradient of the last update; 0 where its sign had flipped.</param>
/// <param name="StepSize">The size of the last step of each parameter.</param>
public readonly record struct RpropState<T>(long Step, ParameterTree<T> PreviousGradient, ParameterTree<T> StepSize)
    : IOptimizerState<T, RpropState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal CarriedIdentity Identity { get; init; }

    /// <inheritdoc/>
    public static RpropState<T> From(OptimizerState<T> state)
    {
        OptimizerState<T> part = state.Part(RpropScaling.Slots.AsSpan());
        return new(part.Step, part[0], part[1]) { Identity = new(part.Identity) };
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => new(Step, RpropScaling.Slots, Identity.Text, [PreviousGradient, StepSize]);
}
