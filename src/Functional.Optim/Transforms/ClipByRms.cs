using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>Scales the update of each leaf down to a root mean square (see <see cref="Clip.ByRms"/>).</summary>
internal sealed record ClipByRms : Transform
{
    /// <summary>d, the largest root mean square; finite and positive.</summary>
    public double Threshold { get; init => field = Setting.Check(value, Bounds.Positive); }

    protected internal override bool NeedsStatistics => true;

    protected internal override bool LeafByLeaf => true;

    internal override bool MeasuresOnlyNorms => true;

    protected internal override void Measure<T>(in UpdateStatistics<T> update, Span<double> measured)
    {
        for (int range = 0; range < update.Count; range++)
        {
            double size = update.UpdateNorm(range) / Math.Sqrt(Math.Max(1, update.Leaf(range).Length));
            measured[range] = size <= Threshold ? 1 : Threshold / size;
        }
    }

    protected internal override void AddRule<T, TFirst>(in TFirst first, ref RulePass<T> pass) =>
        pass.Add(first, new ScaleRule<T>(Clip.RoundedDown<T>(pass.Measured)));
}
