using System.Numerics;

namespace Functional.Optim;

/// <summary>Adaptive gradient clipping (see <see cref="Clip.Adaptively"/>).</summary>
internal sealed record AdaptiveClip : Transform
{
    /// <summary>The largest part of the parameters' norm that an update's may be; finite and positive.</summary>
    public double Ratio { get; init => field = Setting.Check(value, Bounds.Positive); }

    /// <summary>The smallest norm of parameters that counts; finite and positive.</summary>
    public double Epsilon { get; init => field = Setting.Check(value, Bounds.Positive); }

    /// <summary>Along which axis of a leaf its units lie.</summary>
    public OutputAxis OutputAxis { get; init => field = Setting.Check(value); }

    protected internal override bool TransformsLeaves => true;

    protected internal override bool NeedsStatistics => true;

    protected internal override bool LeafByLeaf => true;

    /// <summary>
    /// Only to refuse a NaN or an infinity before anything is written; units are measured where they are clipped.
    /// </summary>
    protected internal override void Measure<T>(in UpdateStatistics<T> update, Span<double> measured)
    {
        for (int range = 0; range < update.Count; range++)
            measured[range] = update.UpdateNorm(range, NormKind.Infinity);
    }

    protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        OutputUnits units = OutputUnits.Of(leaf.Leaf, OutputAxis);
        Span<double> factors = leaf.Scratch<double>()[..units.Count], sizes = leaf.Scratch<double>()[units.Count..];
        ReadOnlySpan<T> before = leaf.Input;
        Span<T> after = leaf.Output;
        units.Norms(before, factors);
        units.Norms(leaf.Parameters, sizes);
        for (int unit = 0; unit < units.Count; unit++)
        {
            double largest = Ratio * Math.Max(sizes[unit], Epsilon);
            factors[unit] = factors[unit] > largest ? largest / factors[unit] : 1;
        }

        for (int element = 0; element < before.Length; element++)
            after[element] = before[element] * T.CreateTruncating(factors[units[element]]);
    }

    /// <summary>The norm of each unit of the update, and of the parameters.</summary>
    protected internal override int ScratchLength(Leaf leaf) => 2 * OutputUnits.Of(leaf, OutputAxis).Count;

    private protected override bool NeverThrows => true;
}
