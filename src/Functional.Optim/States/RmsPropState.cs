using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of RMSprop: the number of finished updates, the second moment and, where they are kept, mean and momentum.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Step">How many updates are finished.</param>
/// <param name="V">v, the running mean of the squared gradients.</param>
/// <param name="Mean">a, the running mean of the gradients; <c>default</c> unless the optimizer is centered.</param>
/// <param name="Momentum">b; <c>default</c> unless the optimizer has momentum.</param>
public readonly record struct RmsPropState<T>(
    long Step, ParameterTree<T> V, ParameterTree<T> Mean = default, ParameterTree<T> Momentum = default)
    : IOptimizerState<T, RmsPropState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal CarriedIdentity Identity { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The state has two slots without names, of which the second could be either.</exception>
    public static RmsPropState<T> From(OptimizerState<T> state)
    {
        if (state.SlotNames.IsEmpty && state.SlotCount == 2)
            throw new ArgumentException("The state has 2 slots without names; the second can be the mean or the momentum.", nameof(state));
        bool centered = state.SlotNames.IsEmpty ? state.SlotCount == 3 : state.SlotNames.Contains(RmsPropScaling.CenteredSlots[^1]);
        bool momentum = state.SlotNames.IsEmpty ? state.SlotCount == 3 : state.SlotNames.Contains(Trace.Slots[^1]);
        OptimizerState<T> part = state.Part(RmsPropScaling.SlotsWith(centered, momentum).AsSpan());
        return new(part.Step, part[0], centered ? part[1] : default, momentum ? part[part.SlotCount - 1] : default) { Identity = new(part.Identity) };
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState()
    {
        ImmutableArray<string> names = RmsPropScaling.SlotsWith(!Mean.IsDefault, !Momentum.IsDefault);
        return (Mean.IsDefault, Momentum.IsDefault) switch
        {
            (true, true) => new(Step, names, Identity.Text, [V]),
            (false, true) => new(Step, names, Identity.Text, [V, Mean]),
            (true, false) => new(Step, names, Identity.Text, [V, Momentum]),
            (false, false) => new(Step, names, Identity.Text, [V, Mean, Momentum]),
        };
    }
}
