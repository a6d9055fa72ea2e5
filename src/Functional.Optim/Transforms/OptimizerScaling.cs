using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>The rule of an optimizer as a transform: it scales the update, without decay and learning rate.</summary>
/// <param name="Settings">The optimizer whose rule it is.</param>
internal sealed record OptimizerScaling(ElementwiseOptimizer Settings) : Transform
{
    /// <inheritdoc/>
    protected internal override ImmutableArray<string> SlotNames => Settings.ScalingSlots;

    /// <inheritdoc/>
    protected internal override string StateName => Settings.ScalingName;

    /// <inheritdoc/>
    protected internal override void InitSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values) =>
        Settings.InitScalingSlot(slot, parameters, values);

    /// <inheritdoc/>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        Settings.AddScaling(first, ref pass);
}
