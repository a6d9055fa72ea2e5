using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of AdaBelief: the number of finished updates, the first moment and the deviation from it.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Step">How many updates are finished.</param>
/// <param name="M">m, the running mean of the gradients, not bias-corrected.</param>
/// <param name="S">s, the running mean of (u − m)², not bias-corrected.</param>
public readonly record struct AdaBeliefState<T>(long Step, ParameterTree<T> M, ParameterTree<T> S) : IOptimizerState<T, AdaBeliefState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal CarriedIdentity Identity { get; init; }

    /// <inheritdoc/>
    public static AdaBeliefState<T> From(OptimizerState<T> state)
    {
        OptimizerState<T> part = state.Part(AdaBeliefScaling.Slots.AsSpan());
        return new(part.Step, part[0], part[1]) { Identity = new(part.Identity) };
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => new(Step, AdaBeliefScaling.Slots, Identity.Text, [M, S]);
}
