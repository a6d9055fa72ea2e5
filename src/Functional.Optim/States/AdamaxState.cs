using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of Adamax: the number of finished updates, the first moment and the infinity norm.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Step">How many updates are finished.</param>
/// <param name="M">m, the running mean of the gradients, not bias-corrected.</param>
/// <param name="Norm">n, their decaying maximum.</param>
public readonly record struct AdamaxState<T>(long Step, ParameterTree<T> M, ParameterTree<T> Norm) : IOptimizerState<T, AdamaxState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal CarriedIdentity Identity { get; init; }

    /// <inheritdoc/>
    public static AdamaxState<T> From(OptimizerState<T> state)
    {
        OptimizerState<T> part = state.Part(AdamaxScaling.Slots.AsSpan());
        return new(part.Step, part[0], part[1]) { Identity = new(part.Identity) };
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => new(Step, AdamaxScaling.Slots, Identity.Text, [M, Norm]);
}
