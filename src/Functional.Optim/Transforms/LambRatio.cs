using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Scales the update of each leaf to the size of its parameters, as <see cref="Lamb"/> does: u' = ‖θ‖/‖u‖·u, and u
/// where either norm is 0.
/// </summary>
/// <param name="IsClipped">Whether the ratio is at most 1.</param>
/// <param name="OnlyDecayed">Whether leaves without decay are left as they are.</param>
internal sealed record LambRatio(bool IsClipped, bool OnlyDecayed) : Transform
{
    /// <summary>The decay of the optimizer.</summary>
    public required WeightDecay Decay { get; init; }

    /// <summary>
    /// The rate of a decay that comes before the move: the norm is that of θ·(1 − η·λ). 0 where there is none.
    /// </summary>
    public required Schedule Rate { get; init; }

    private protected override string OptimizerName => Lamb.Entry.Name;

    protected internal override bool NeedsStatistics => true;

    protected internal override bool LeafByLeaf => true;

    internal override bool MeasuresOnlyNorms => true;

    protected internal override void Measure<T>(in UpdateStatistics<T> update, Span<double> measured)
    {
        double rate = Rate.At(update.Step), lambda = Decay.LambdaAt(update.Step) * Decay.CorrectionAt(update.Step);
        for (int range = 0; range < update.Count; range++)
        {
            Leaf leaf = update.Leaf(range);
            LeafSettings settings = update.Settings(range);
            double decay = lambda * Decay.PerLeafFactor(leaf, settings);
            (double ofParameters, double length) = update.Norms(range);
            double size = ofParameters * Math.Abs(1 - (rate * settings.LearningRateMultiplier * decay));
            bool isScaled = size > 0 && length > 0 && (decay != 0 || !OnlyDecayed);
            measured[range] = isScaled ? size / length : 1;
            if (IsClipped && isScaled) measured[range] = Math.Min(1, measured[range]);
        }
    }

    /// <summary>The ratio is at most the largest number of the type (<see cref="TrustRatio"/>).</summary>
    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new ScaleRule<T>(T.CreateTruncating(Math.Min(pass.Measured, ElementType.Largest<T>()))));
}
