using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of Adagrad: the number of finished updates and the sum of the squared gradients.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Step">How many updates are finished.</param>
/// <param name="Sum">s, the initial accumulator included.</param>
public readonly record struct AdagradState<T>(long Step, ParameterTree<T> Sum) : IOptimizerState<T, AdagradState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal CarriedIdentity Identity { get; init; }

    /// <inheritdoc/>
    public static AdagradState<T> From(OptimizerState<T> state)
    {
        OptimizerState<T> part = state.Part(AdagradScaling.Slots.AsSpan());
        return new(part.Step, part[0]) { Identity = new(part.Identity) };
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() => new(Step, AdagradScaling.Slots, Identity.Text, [Sum]);
}
