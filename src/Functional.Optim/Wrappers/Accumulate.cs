using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Gradient accumulation: averages k gradients and makes one update with the mean. The k − 1 steps before change
/// neither parameters nor moments. Up to rounding, it is the update of one batch that is k times as large.
/// </summary>
/// <remarks>
/// The last slot is the mean of the gradients so far. For gradients with different weights
/// see <see cref="GradientAccumulator{T}"/>.
/// </remarks>
public sealed record Accumulate : Wrapper
{
    private static readonly ImmutableArray<string> Slots = ["gathered"];

    private Accumulate(Optimizer inner)
        : base(inner)
    {
    }

    /// <summary>k, the number of gradients for each update; 1 or more.</summary>
    public long Every { get; init => field = Setting.Check(value, Bounds.AtLeast(1)); }

    /// <summary>Wraps an optimizer, so that it makes one update for every k gradients.</summary>
    /// <param name="every">k; 1 or more.</param>
    /// <param name="inner">The optimizer, clipping included.</param>
    /// <exception cref="ArgumentException">
    /// k is below 1, or there is no optimizer, or it already contains an <see cref="Accumulate"/>.
    /// </exception>
    public static Accumulate Of(long every, Optimizer inner) => CheckInside<Accumulate>(inner)
        .Require(every, Bounds.AtLeast(1))
        .Checked(() => new Accumulate(inner) { Every = every })
        .OrThrow(nameof(Accumulate));

    /// <summary>
    /// The same optimizer, whose next gradient completes an update however few were gathered: for the left-over
    /// gradients at the end of a run. Other optimizers stay as they are.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    internal static Optimizer Completing(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        return optimizer is not Wrapper { Accumulates: true } wrapper ? optimizer
            : wrapper is Accumulate accumulate ? accumulate with { Every = 1 }
            : wrapper.WithInner(Completing(wrapper.Inner));
    }

    /// <inheritdoc/>
    internal override bool Accumulates => true;

    /// <inheritdoc/>
    protected override ImmutableArray<string> OwnSlotNames => Slots;

    /// <inheritdoc/>
    protected override (ParameterTree<T> Output, OptimizerState<T> State) Wrap<T>(in WrapperStep<T> step)
    {
        UpdateCounters counters = step.State.Counters;
        ParameterTree<T> accumulated = step.Own(0), gradients = step.Gradients;
        long count = counters.Accumulated + 1;
        if (count < Every)
        {
            (ParameterTree<T> same, OptimizerState<T> kept) = step.Unchanged(Mean(accumulated, gradients, count));
            Consume(step);
            UpdateCounters skipped =
                counters with { SkippedUpdates = counters.SkippedUpdates + 1, Accumulated = count };
            return (same, kept.Counted(skipped));
        }

        ParameterTree<T> mean = Mean(accumulated, gradients, count), zeros = accumulated.Layout.Zeros<T>();
        (ParameterTree<T> Output, OptimizerState<T> State) updated;
        try
        {
            updated = step.Inside(mean, zeros);
        }
        catch
        {
            mean.Release(nameof(Accumulate));
            zeros.Release(nameof(Accumulate));
            throw;
        }

        if (!step.IsDonated) mean.Release(nameof(Accumulate));
        Consume(step);
        return (updated.Output, updated.State.Counted(updated.State.Counters with { Accumulated = 0 }));

        void Consume(in WrapperStep<T> given)
        {
            if (!given.IsDonated) return;
            gradients.Release(nameof(Accumulate));
            accumulated.Release(nameof(Accumulate));
        }
    }

    /// <summary>
    /// The mean with one more gradient. It holds for any number of gradients, so a run may continue with another k.
    /// </summary>
    private static ParameterTree<T> Mean<T>(ParameterTree<T> mean, ParameterTree<T> gradients, long count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeBuffer<T> next = mean.Layout.RentUncleared<T>();
        mean.Mean(1.0 / count, gradients, next.Storage);
        return next.ToTree();
    }
}
