using System.Collections.Immutable;
using System.Numerics;
using LanguageExt;
using LanguageExt.Common;

namespace Functional.Optim;

/// <summary>
/// Gradient accumulation: gathers the mean of k gradients and makes one update of it; the k − 1 steps before leave parameters and
/// moments untouched. To rounding, it is the update of one batch k times as large.
/// </summary>
/// <remarks>The last slot is the part of the mean gathered so far. For gradients of different weights see <see cref="GradientAccumulator{T}"/>.</remarks>
public sealed record Accumulate : Wrapper
{
    private const string Slot = "gathered";

    /// <summary>As a step it adds a k-th of the gradients.</summary>
    private readonly Scale share = Scale.By(-1);

    private Accumulate(Optimizer inner)
        : base(inner)
    {
    }

    /// <summary>k; 1 or more.</summary>
    public long Every
    {
        get;
        init
        {
            field = (long)Bounds.AtLeast(1).Check(value);
            share = Scale.By(-1.0 / value);
        }
    }

    /// <summary>The optimizer that makes an update of every k gradients, or every fault found.</summary>
    /// <param name="every">k; 1 or more.</param>
    /// <param name="inner">The optimizer, clipping included.</param>
    public static Validation<Error, Accumulate> Create(long every, Optimizer inner) =>
        CheckInside<Accumulate>(inner).Require(every, Bounds.AtLeast(1)).Make(() => new Accumulate(inner) { Every = every });

    /// <summary>The optimizer that makes an update of every k gradients.</summary>
    /// <inheritdoc cref="Create"/>
    /// <exception cref="ArgumentException">k is below 1, or there is no optimizer, or inside is another of these.</exception>
    public static Accumulate Of(long every, Optimizer inner) => Create(every, inner).OrThrow(nameof(Accumulate));

    internal override bool Gathers => true;

    private protected override (ImmutableArray<string> Slots, string Identity) DescribeState() => (
        [.. Inner.StateSlots, Slot], $"{Inner.StateIdentity}{(Inner.StateIdentity.Length > 0 ? ", " : "")}accumulate({Slot})");

    private protected override OptimizerState<T> Start<T>(ParameterTree<T> parameters)
    {
        OptimizerState<T> inside = Inner.Init(parameters);
        if (inside.SlotCount == OptimizerState<T>.Capacity)
            throw new ArgumentException($"{Inner} keeps {inside.SlotCount} state slots, which leaves none for the gradients to gather.");
        return inside.Append(StateSlots, StateIdentity, parameters.Layout.Zeros<T>());
    }

    private protected override (ParameterTree<T> Parameters, OptimizerState<T> State) Run<T>(
        ParameterTree<T> parameters, ParameterTree<T> gradients, OptimizerState<T> state, PassEnd ending, bool donate)
    {
        UpdateCounters counters = state.Counters;
        ParameterTree<T> gathered = state[state.SlotCount - 1];
        if (counters.Gathered + 1 < Every)
        {
            ParameterTree<T> more = donate
                ? share.StepDonating(gathered, gradients, default(OptimizerState<T>)).Parameters
                : share.Step(gathered, gradients, default(OptimizerState<T>)).Parameters;
            return (
                ending == PassEnd.Deltas ? parameters.Layout.Zeros<T>() : parameters,
                state.WithoutLast().Append(StateSlots, StateIdentity, more).With(counters with { WithoutUpdate = counters.WithoutUpdate + 1, Gathered = counters.Gathered + 1 }));
        }

        TreeLayout layout = parameters.Layout;
        ParameterTree<T> mean = share.Step(gathered, gradients, default(OptimizerState<T>)).Parameters;
        (ParameterTree<T> moved, OptimizerState<T> next) = Inner.RunInside(parameters, mean, state.WithoutLast(), ending, donate);
        if (donate)
        {
            gradients.Release(nameof(Accumulate));
            gathered.Release(nameof(Accumulate));
        }
        else
        {
            mean.Release(nameof(Accumulate));
        }

        ParameterTree<T> zeros = layout.Zeros<T>();
        return (moved, next.Append(StateSlots, StateIdentity, zeros).With(next.Counters with { Gathered = 0 }));
    }
}
