using System.Collections.Immutable;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The whole step of an optimizer that finds its learning rate. It measures the update of all leaves before it changes
/// any, since d is one number for all of them.
/// </summary>
/// <param name="Settings">The optimizer.</param>
internal sealed record RateFreeScaling(RateFreeOptimizer Settings) : Transform
{
    protected internal override ImmutableArray<string> SlotNames => Settings.SlotNames;

    protected internal override string StateName => StateIdentity.NameOf(Settings.GetType());

    protected internal override ImmutableArray<string> ScalarNames => Settings.ScalarNames;

    protected internal override ImmutableArray<string> ReportedScalars => ["d"];

    /// <summary>d is an estimate from every update.</summary>
    protected internal override bool StartsTogether => true;

    /// <summary>The distance from the start would be mostly rounding.</summary>
    protected internal override bool KeepsParameters => true;

    protected internal override bool NeedsStatistics => true;

    /// <summary>So that the sums have the same bits however the leaves lie in memory.</summary>
    protected internal override bool LeafByLeaf => true;

    protected internal override bool IsLearningRate => true;

    protected internal override ImmutableArray<(string Name, LeafFilter Leaves)> LeafFilters =>
        Settings.WeightDecay is Constant { Rate: 0 } ? [] : [("decay", Settings.DecayFilter)];

    protected internal override double RateAt(long step) => Settings.LearningRate.At(step);

    protected internal override double WeightDecayFor(Leaf leaf) =>
        Settings.DecayFilter.Contains(leaf) ? DecayAt(1) : 0;

    protected internal override double PerLeafFactor(Leaf leaf, LeafSettings settings) =>
        settings.LearningRateMultiplier;

    protected internal override void InitSlot<T>(int slot, ReadOnlySpan<T> parameters, Span<T> values)
    {
        if (slot == Settings.StartSlot) parameters.CopyTo(values);
    }

    protected internal override void InitScalars(Span<double> scalars)
    {
        scalars[RateFreeOptimizer.D] = Settings.D0;
        Settings.InitScalars(scalars);
    }

    /// <summary>What it measures of a range is the multiplier of its decay, since a range has one factor.</summary>
    protected internal override void Measure<T>(in UpdateStatistics<T> update, Span<double> measured)
    {
        for (int range = 0; range < update.Count; range++)
        {
            bool decays = Settings.DecayFilter.Contains(update.Leaf(range));
            measured[range] = decays ? update.Settings(range).WeightDecayMultiplier : 0;
        }

        update.Scalars[RateFreeOptimizer.Updates]++;
        Settings.Estimate(update, Settings.LearningRate.At(update.Step), DecayAt(update.Step), measured);
    }

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        LearningRate.Multiplied<T>(pass.Scalars[RateFreeOptimizer.UpdateRate], pass.Factor, pass.Step);
        Settings.AddRule(first, ref pass, DecayAt(pass.Step) * pass.Measured);
    }

    private double DecayAt(long step) => Settings.WeightDecay.SettingAt(step, Bounds.NotNegative, "weightDecay");
}
