using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The scaling of <see cref="Adan"/> with caution, which counts in each leaf where the momentum has the sign of the
/// gradient.
/// </summary>
internal sealed record AdanMask(Adan Settings) : Transform
{
    /// <inheritdoc/>
    protected internal override ImmutableArray<string> SlotNames => Settings.ScalingSlots;

    /// <inheritdoc/>
    protected internal override string StateName => Settings.ScalingName;

    /// <inheritdoc/>
    protected internal override bool TransformsLeaves => true;

    /// <inheritdoc/>
    private protected override bool NeverThrows => true;

    /// <inheritdoc/>
    protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        Span<T> m = leaf.Slot(0), e = leaf.Slot(1), n = leaf.Slot(2), last = leaf.Slot(3);
        AdanRule<T> rule = Settings.RuleOf<T>(
            leaf.SlotStep, AdanRule<T>.MaskScale(Settings.Beta1, m, leaf.Input));
        Elementwise.Run(
            rule, leaf.Parameters, leaf.Input, leaf.Output, new ReadOnlySlotSpans<T>(m, e, n, last),
            new SlotSpans<T>(m, e, n, last));
    }
}
