using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>The state of Adam and AdamW: the number of finished updates and the two moments, not bias-corrected.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Step">How many updates are finished.</param>
/// <param name="M">m, the running mean of the gradients.</param>
/// <param name="V">v, the running mean of their squares.</param>
/// <param name="MaximumV">The largest second moment so far; <c>default</c> unless the optimizer keeps it (<see cref="AmsGrad"/>).</param>
public readonly record struct AdamState<T>(long Step, ParameterTree<T> M, ParameterTree<T> V, ParameterTree<T> MaximumV = default)
    : IOptimizerState<T, AdamState<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal CarriedIdentity Identity { get; init; }

    /// <inheritdoc/>
    public static AdamState<T> From(OptimizerState<T> state)
    {
        ImmutableArray<string> names = AdamScaling.AmsGradSlots;
        bool amsGrad = state.SlotNames.IsEmpty ? state.SlotCount == names.Length : state.SlotNames.Contains(names[^1]);
        OptimizerState<T> moments = state.Part((amsGrad ? names : AdamScaling.Slots).AsSpan());
        return new(moments.Step, moments[0], moments[1], amsGrad ? moments[2] : default) { Identity = new(moments.Identity) };
    }

    /// <inheritdoc/>
    public OptimizerState<T> ToState() =>
        MaximumV.IsDefault ? new(Step, AdamScaling.Slots, Identity.Text, [M, V]) : new(Step, AdamScaling.AmsGradSlots, Identity.Text, [M, V, MaximumV]);
}
