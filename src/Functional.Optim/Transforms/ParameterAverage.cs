using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// An average of the parameters that an optimizer visits, as a transform after it, its learning rate included: a = a +
/// w·(θ' − a). The update goes on as it is; <see cref="Optimizer.EvaluationParameters"/> is the average. One slot,
/// <c>average</c>, which starts as θ.
/// </summary>
/// <remarks>It has to be the last part of a step: parts after it would lead to other parameters than those
/// averaged.</remarks>
public abstract record ParameterAverage : Transform
{
    private protected ParameterAverage()
    {
    }

    internal static ImmutableArray<string> Slots { get; } = ["average"];

    /// <inheritdoc/>
    protected internal override bool KeepsParameters => true;

    /// <inheritdoc/>
    protected internal sealed override ImmutableArray<string> SlotNames => Slots;

    /// <inheritdoc/>
    protected internal sealed override bool ChangesEvaluation => true;

    /// <inheritdoc/>
    protected internal sealed override void InitSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values) =>
        parameters.CopyTo(values);

    /// <inheritdoc/>
    protected internal sealed override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        long before = CountAt(pass.Step - 1), joined = CountAt(pass.Step - pass.SlotStep), count = CountAt(pass.Step);
        pass.Add(first, new AveragingRule<T>(count > before ? WeightOf(count - joined) : 0));
    }

    /// <summary>The average; θ where nothing has been averaged yet.</summary>
    protected internal sealed override void Evaluate<T>(in EvaluationContext<T> leaf, Span<T> evaluated)
    {
        if (CountAt(leaf.Step) > CountAt(leaf.Step - leaf.SlotStep)) leaf.Slot(0).CopyTo(evaluated);
    }

    /// <summary>How many of the updates up to one, from 0, are averaged.</summary>
    private protected virtual long CountAt(long step) => step;

    /// <summary>w of the n-th parameters that are averaged, n from 1, in (0, 1].</summary>
    private protected abstract double WeightOf(long count);

    /// <summary>The updates start, start + every, start + 2·every, … up to one.</summary>
    private protected static long CountOf(long start, long every, long step) =>
        step < start ? 0 : ((step - start) / every) + 1;
}
