using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Moves the parameters between the fast point and the average of it (see
/// <see cref="ScheduleFree"/>), right after the learning rate.</summary>
/// <param name="Beta">β, how near the average the gradient is taken, in (0, 1).</param>
/// <param name="Rate">The rate that the update was multiplied by, for the weights.</param>
/// <param name="StepPower">r.</param>
/// <param name="RatePower">p.</param>
internal sealed record ScheduleFreeAveraging(double Beta, Schedule Rate, double StepPower, double RatePower) : Transform
{
    internal static ImmutableArray<string> Slots { get; } = ["z"];

    internal static ImmutableArray<string> Scalars { get; } = ["weight sum", "largest rate"];

    /// <summary>The decay at z; <see langword="null"/> where the base decays at y, or not at all.</summary>
    internal WeightDecay? DecayAtZ { get; init; }

    protected internal override ImmutableArray<string> SlotNames => Slots;

    protected internal override ImmutableArray<string> ScalarNames => Scalars;

    protected internal override bool ChangesEvaluation => true;

    protected internal override void InitSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values) =>
        parameters.CopyTo(values);

    /// <summary>The sum of the weights is that of every update.</summary>
    protected internal override bool StartsTogether => true;

    /// <inheritdoc/>
    protected internal override bool KeepsParameters => true;

    protected internal override ImmutableArray<(string Name, LeafFilter Leaves)> LeafFilters =>
        DecayAtZ is null ? [] : DecayAtZ.LeafFilters;

    protected internal override double WeightDecayFor(Leaf leaf) =>
        DecayAtZ is null ? 0 : DecayAtZ.WeightDecayFor(leaf);

    protected internal override double PerLeafFactor(Leaf leaf, LeafSettings settings) =>
        DecayAtZ is null ? 1 : DecayAtZ.PerLeafFactor(leaf, settings);

    /// <exception cref="OverflowException">The sum of the weights is above the largest double.</exception>
    protected internal override void UpdateScalars(long step, Span<double> scalars)
    {
        scalars[1] = Math.Max(scalars[1], Rate.At(step));
        scalars[0] += WeightOf(step, scalars[1]);
        if (double.IsFinite(scalars[0])) return;
        throw new OverflowException(string.Create(
            CultureInfo.InvariantCulture,
            $"The weights {step}^{StepPower} · {scalars[1]}^{RatePower} of Schedule-Free add to {scalars[0]}; "
            + $"allowed is a finite sum."));
    }

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        double sum = pass.Scalars[0], weight = sum > 0 ? WeightOf(pass.Step, pass.Scalars[1]) / sum : 0;
        double decay = DecayAtZ is null
            ? 0
            : Rate.At(pass.Step) * pass.FactorBefore * DecayAtZ.LambdaAt(pass.Step) * pass.Factor;
        pass.Add(first, new ScheduleFreeRule<T>(Beta, weight, decay));
    }

    protected internal override void Evaluate<T>(in EvaluationContext<T> leaf, Span<T> evaluated)
    {
        T factor = T.CreateTruncating(1 - (1 / Beta));
        ReadOnlySpan<T> between = leaf.Parameters, fast = leaf.Slot(0);
        for (int index = 0; index < evaluated.Length; index++)
            evaluated[index] = T.FusedMultiplyAdd(factor, fast[index] - between[index], between[index]);
    }

    private double WeightOf(long step, double largestRate) =>
        Math.Pow(step, StepPower) * Math.Pow(largestRate, RatePower);
}
