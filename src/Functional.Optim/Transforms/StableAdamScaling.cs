using System.Collections.Immutable;
using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The step of StableAdamW for a leaf (see <see cref="StableAdamW"/>) without its rate: (m / (√v + ε) + λ·θ) / max(1,
/// RMS).
/// </summary>
/// <param name="Beta1">β₁.</param>
/// <param name="Beta2">β₂.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Decay">λ, and which leaves decay.</param>
internal sealed record StableAdamScaling(double Beta1, double Beta2, double Epsilon, WeightDecay Decay) : Transform
{
    protected internal override ImmutableArray<string> SlotNames => AdamOptimizer.Slots;

    private protected override string OptimizerName => StableAdamW.Entry.Name;

    protected internal override bool NeedsStatistics => true;

    protected internal override bool LeafByLeaf => true;

    protected internal override ImmutableArray<(string Name, LeafFilter Leaves)> LeafFilters => Decay.LeafFilters;

    protected internal override double WeightDecayFor(Leaf leaf) => Decay.WeightDecayFor(leaf);

    protected internal override double PerLeafFactor(Leaf leaf, LeafSettings settings) =>
        Decay.PerLeafFactor(leaf, settings);

    /// <summary>
    /// 1 / max(1, RMS) of each leaf, where RMS is that of g / max(√v, ε) with the v that this step makes; the v of the
    /// step before would be 0 at the first.
    /// </summary>
    protected internal override void Measure<T>(in UpdateStatistics<T> update, Span<double> measured)
    {
        for (int range = 0; range < update.Count; range++)
        {
            Leaf leaf = update.Leaf(range);
            double norm = update.Norm(range, new RootedRatioRule<T>(Debiased(Beta2, update.SlotStep(range)), Epsilon));
            measured[range] = 1 / Math.Max(1, norm / Math.Sqrt(Math.Max(1, leaf.Length)));
        }
    }

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass)
    {
        AdamRule<T> adam = new(
            Debiased(Beta1, pass.SlotStep), Debiased(Beta2, pass.SlotStep), Epsilon, biasCorrection: false,
            pass.SlotStep);
        DecayRule<T> decay = new(T.CreateTruncating(Decay.LambdaAt(pass.Step) * pass.Factor));
        pass.Add(first, new Then<T, Then<T, AdamRule<T>, DecayRule<T>>, ScaleRule<T>>(
            new(adam, decay), new(T.CreateTruncating(pass.Measured))));
    }

    /// <summary>
    /// β·(1 − βᵗ⁻¹) / (1 − βᵗ), with which a mean that starts at 0 needs no correction; 0 at the first update.
    /// </summary>
    private static double Debiased(double beta, long step) =>
        beta * BiasCorrection.Factor(beta, step - 1) / BiasCorrection.Factor(beta, step);
}
