using System.Collections.Immutable;

namespace Functional.Optim.Training;

/// <summary>The medians of the norms of each leaf over a run; of leaves that are not frozen.</summary>
/// <param name="LastStep">The last measured step.</param>
/// <param name="Leaves">The leaves, in the order in which they were first seen.</param>
internal sealed record LeafRatios(long LastStep, ImmutableArray<LeafRatios.Leaf> Leaves)
{
    /// <summary>With fewer measured steps the start of the run decides, which is unlike the rest.</summary>
    private const int MinSteps = 10;

    internal sealed record Leaf(string Name, double Parameters, double Gradient, double Ratio, double LateRatio);

    /// <summary>
    /// The median over leaves of the update ratio, over the second half of the run; NaN without leaves.
    /// </summary>
    internal double LateRatio => Median.Of(Leaves.Select(leaf => leaf.LateRatio));

    /// <summary>The median over leaves of the update ratio, over the whole run; NaN without leaves.</summary>
    internal double Ratio => Median.Of(Leaves.Select(leaf => leaf.Ratio));

    internal static LeafRatios Of(IReadOnlyList<LeafNorms> norms, IReadOnlySet<string>? frozen)
    {
        // An accumulated or skipped gradient makes no update anywhere: such a step says nothing about ratios.
        LeafNorms[] updated = [.. norms.Where(step => step.Leaves.Any(leaf => leaf.Update != 0))];
        LeafNorms[] measured = updated.Length == 0 ? [.. norms] : updated;
        if (measured.Length < MinSteps) return new(0, []);
        Dictionary<string, List<LeafNorm>> leaves = [];
        List<string> names = [];
        foreach (LeafNorm leaf in measured.SelectMany(step => step.Leaves))
        {
            if (frozen is not null && frozen.Contains(leaf.Name)) continue;
            if (!leaves.TryGetValue(leaf.Name, out List<LeafNorm>? list))
            {
                leaves[leaf.Name] = list = [];
                names.Add(leaf.Name);
            }

            list.Add(leaf);
        }

        return new(
            measured[^1].Step,
            [
                .. names.Select(name => new Leaf(
                    name,
                    Median.Of(leaves[name].Select(leaf => leaf.Parameters)),
                    Median.Of(leaves[name].Select(leaf => leaf.Gradient)),
                    Median.Of(leaves[name].Select(leaf => leaf.UpdateRatio)),
                    Median.Of(leaves[name].Skip(leaves[name].Count / 2).Select(leaf => leaf.UpdateRatio)))),
            ]);
    }
}
