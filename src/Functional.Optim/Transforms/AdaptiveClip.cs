using System.Numerics;

namespace Functional.Optim;

/// <summary>Adaptive gradient clipping (see <see cref="Clip.Adaptively"/>).</summary>
/// <param name="Ratio">λ.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Dimension">Along which dimension the units lie.</param>
internal sealed record AdaptiveClip(double Ratio, double Epsilon, OutputAxis Dimension) : Transform
{
    protected internal override bool TransformsLeaves => true;

    protected internal override bool NeedsStatistics => true;

    protected internal override bool LeafByLeaf => true;

    /// <summary>Only to refuse a NaN or an infinity before anything is written; units are measured where they are clipped.</summary>
    protected internal override void Measure<T>(in UpdateStatistics<T> update, Span<double> measured)
    {
        for (int range = 0; range < update.Count; range++) measured[range] = update.UpdateNorm(range, NormKind.Infinity);
    }

    protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        OutputUnits units = OutputUnits.Of(leaf.Leaf, Dimension);
        Span<double> factors = leaf.Scratch<double>()[..units.Count], sizes = leaf.Scratch<double>()[units.Count..];
        ReadOnlySpan<T> before = leaf.Input;
        Span<T> after = leaf.Output;
        units.Norms(before, factors);
        units.Norms(leaf.Parameters, sizes);
        for (int unit = 0; unit < units.Count; unit++)
        {
            double most = Ratio * Math.Max(sizes[unit], Epsilon);
            factors[unit] = factors[unit] > most ? most / factors[unit] : 1;
        }

        for (int element = 0; element < before.Length; element++)
            after[element] = before[element] * T.CreateTruncating(factors[units[element]]);
    }

    /// <summary>The norm of each unit of the update, and of the parameters.</summary>
    protected internal override int ScratchLength(Leaf leaf) => 2 * OutputUnits.Of(leaf, Dimension).Count;

    private protected override bool NeverThrows => true;
}
