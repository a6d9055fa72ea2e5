using System.Numerics;

namespace Functional.Optim;

/// <summary>
/// Gradient centralization (Yong, Huang, Hua and Zhang, 2020, arXiv:2004.01461): subtracts the mean of each output unit
/// from leaves of rank 2 and more, u' = u − mean(u); smaller leaves stay as they are.
/// </summary>
public sealed record Centralize : Transform
{
    private Centralize()
    {
    }

    /// <summary>Along which dimension the units lie.</summary>
    public OutputAxis OutputAxis { get; init => field = Setting.Check(value); }

    /// <inheritdoc/>
    protected internal override bool TransformsLeaves => true;

    /// <summary>The transform.</summary>
    /// <param name="outputAxis">Along which dimension the units lie.</param>
    /// <exception cref="ArgumentException">There is no such dimension.</exception>
    public static Centralize By(OutputAxis outputAxis = OutputAxis.First) =>
        Setting.Make(() => new Centralize { OutputAxis = outputAxis });

    /// <inheritdoc/>
    protected internal override void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        ReadOnlySpan<T> before = leaf.Input;
        Span<T> after = leaf.Output;
        if (leaf.Leaf.Rank < 2)
        {
            before.CopyTo(after);
            return;
        }

        OutputUnits units = OutputUnits.Of(leaf.Leaf, OutputAxis);
        Span<double> means = leaf.Scratch<double>();
        units.Sum(before, means);
        for (int unit = 0; unit < units.Count; unit++) means[unit] /= Math.Max(units.Length, 1);
        for (int element = 0; element < before.Length; element++)
            after[element] = before[element] - T.CreateTruncating(means[units[element]]);
    }

    /// <summary>The mean of each unit.</summary>
    protected internal override int ScratchLength(Leaf leaf) =>
        leaf.Rank < 2 ? 0 : OutputUnits.Of(leaf, OutputAxis).Count;

    private protected override bool NeverThrows => true;
}
