using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Gradient accumulation: gathers the mean of k gradients and makes one update of it; the k − 1 steps before leave parameters and
/// moments untouched. To rounding, it is the update of one batch k times as large.
/// </summary>
/// <remarks>The last slot is the mean of those gathered so far. For gradients of different weights see <see cref="GradientAccumulator{T}"/>.</remarks>
public sealed record Accumulate : Wrapper
{
    private static readonly ImmutableArray<string> Slots = ["gathered"];

    private Accumulate(Optimizer inner)
        : base(inner)
    {
    }

    /// <summary>k; 1 or more.</summary>
    public long Every { get; init => field = Setting.Check(value, Bounds.AtLeast(1)); }

    /// <summary>The optimizer that makes an update of every k gradients.</summary>
    /// <param name="every">k; 1 or more.</param>
    /// <param name="inner">The optimizer, clipping included.</param>
    /// <exception cref="ArgumentException">k is below 1, or there is no optimizer, or inside is another of these.</exception>
    public static Accumulate Of(long every, Optimizer inner) =>
        CheckInside<Accumulate>(inner).Require(every, Bounds.AtLeast(1)).Make(() => new Accumulate(inner) { Every = every }).OrThrow(nameof(Accumulate));

    /// <inheritdoc/>
    internal override bool Accumulates => true;

    /// <inheritdoc/>
    protected override ImmutableArray<string> OwnSlotNames => Slots;

    /// <inheritdoc/>
    protected override (ParameterTree<T> Output, OptimizerState<T> State) Wrap<T>(in WrapperStep<T> step)
    {
        UpdateCounters counters = step.State.Counters;
        ParameterTree<T> gathered = step.Own(0), gradients = step.Gradients;
        long count = counters.Accumulated + 1;
        if (count < Every)
        {
            (ParameterTree<T> same, OptimizerState<T> kept) = step.Unchanged(Mean(gathered, gradients, count));
            Consume(step);
            return (same, kept.Counted(counters with { SkippedUpdates = counters.SkippedUpdates + 1, Accumulated = count }));
        }

        ParameterTree<T> mean = Mean(gathered, gradients, count), zeros = gathered.Layout.Zeros<T>();
        (ParameterTree<T> Output, OptimizerState<T> State) moved;
        try
        {
            moved = step.Inside(mean, zeros);
        }
        catch
        {
            mean.Release(nameof(Accumulate));
            zeros.Release(nameof(Accumulate));
            throw;
        }

        if (!step.IsDonated) mean.Release(nameof(Accumulate));
        Consume(step);
        return (moved.Output, moved.State.Counted(moved.State.Counters with { Accumulated = 0 }));

        void Consume(in WrapperStep<T> given)
        {
            if (!given.IsDonated) return;
            gradients.Release(nameof(Accumulate));
            gathered.Release(nameof(Accumulate));
        }
    }

    /// <summary>The mean of one gradient more: any number of them can follow, so that a run may go on with another k.</summary>
    private static ParameterTree<T> Mean<T>(ParameterTree<T> mean, ParameterTree<T> gradients, long count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TreeBuffer<T> next = mean.Layout.RentUncleared<T>();
        mean.Mean(1.0 / count, gradients, next.Storage);
        return next.ToTree();
    }
}
