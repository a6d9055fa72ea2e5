using System.Numerics;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>
/// Gradient accumulation: gathers the mean of k gradients and makes one update of it; the k − 1 steps before leave the numbers of
/// parameters and moments as they are. To rounding, it is the update of one batch k times as large.
/// </summary>
/// <remarks>
/// The last slot is the mean of the gradients gathered so far, of which the state counts how many there are: a run may go on with another
/// k, and where more are gathered than that, the next makes the update. For gradients of different weights see
/// <see cref="GradientAccumulator{T}"/>.
/// </remarks>
public sealed record Accumulate : Wrapper
{
    private const string Slot = "gathered";

    private Accumulate(Optimizer inner)
        : base(inner)
    {
    }

    /// <summary>k; 1 or more.</summary>
    public long Every { get; init => field = (long)Bounds.AtLeast(1).Check(value); }

    /// <inheritdoc/>
    internal override int SlotCount => Inner.SlotCount + 1;

    /// <summary>The optimizer that makes an update of every k gradients, or every fault found.</summary>
    /// <param name="every">k; 1 or more.</param>
    /// <param name="inner">The optimizer, clipping included.</param>
    public static Validation<Error, Accumulate> Create(long every, Optimizer inner) =>
        CheckInside<Accumulate>(inner).Require(every, Bounds.AtLeast(1)).Make(() => new Accumulate(inner) { Every = every });

    /// <summary>The optimizer that makes an update of every k gradients.</summary>
    /// <inheritdoc cref="Create"/>
    /// <exception cref="ArgumentException">k is below 1, or there is no optimizer, or inside is another of these.</exception>
    public static Accumulate Of(long every, Optimizer inner) => Create(every, inner).OrThrow(nameof(Accumulate));

    private protected override OptimizerState<T> Start<T>(ParameterTree<T> parameters)
    {
        OptimizerState<T> inside = Inner.Init(parameters);
        if (inside.SlotCount == OptimizerState<T>.Capacity)
            throw new ArgumentException($"{Inner} keeps {inside.SlotCount} state slots, which leaves none for the gradients to gather.");
        return inside.Append([.. inside.SlotNames, Slot], parameters.Layout.Zeros<T>());
    }

    private protected override (ParameterTree<T> Parameters, OptimizerState<T> State) Run<T>(
        ParameterTree<T> parameters, ParameterTree<T> gradients, OptimizerState<T> state, PassEnd ending, bool donate)
    {
        if (state.SlotCount == 0 || (!state.SlotNames.IsEmpty && state.SlotNames[^1] != Slot))
            throw new ArgumentException($"{this} keeps a last slot named {Slot}; the state given has none. Use the state that its Init returned.", nameof(state));
        const string consumer = nameof(Accumulate) + "; use the tree that it returned";
        TreeLayout layout = parameters.Layout;
        ParameterTree<T> gathered = state[state.SlotCount - 1];
        layout.RequireSame(gathered.Layout, nameof(state));
        UpdateCounters counters = state.Counters;
        double share = 1.0 / (counters.Gathered + 1);
        if (counters.Gathered + 1 < Every)
        {
            UpdateCounters counted = counters with { WithoutUpdate = counters.WithoutUpdate + 1, Gathered = counters.Gathered + 1 };
            if (!donate)
            {
                TreeBuffer<T> more = layout.RentUncleared<T>();
                gathered.Mean(share, gradients, more.Storage);
                return (
                    ending == PassEnd.Deltas ? layout.Zeros<T>() : parameters.Copy(),
                    state.WithoutLast().Copy().Append(state.SlotNames, more.ToTree()).With(counted));
            }

            gathered.Mean(share, gradients, gathered.Storage);
            gradients.Release(consumer);
            return (parameters.HandOn(consumer), state.HandOn(consumer).With(counted));
        }

        TreeBuffer<T> rented = layout.RentUncleared<T>();
        gathered.Mean(share, gradients, rented.Storage);
        ParameterTree<T> mean = rented.ToTree();
        (ParameterTree<T> Parameters, OptimizerState<T> State) moved;
        try
        {
            moved = Inner.RunInside(parameters, mean, state.WithoutLast(), ending, donate);
        }
        catch
        {
            mean.Release(consumer);
            throw;
        }

        if (donate)
        {
            gradients.Release(consumer);
            gathered.Release(consumer);
        }
        else
        {
            mean.Release(consumer);
        }

        OptimizerState<T> next = moved.State.Append(state.SlotNames, layout.Zeros<T>());
        return (moved.Parameters, next.With(next.Counters with { Gathered = 0 }));
    }
}
