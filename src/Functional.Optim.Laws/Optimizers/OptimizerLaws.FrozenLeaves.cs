using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    private static readonly LeafGroup Frozen = LeafGroup.Frozen("frozen", static leaf => IsFrozen(leaf.Name));

    /// <summary>
    /// Frozen leaves and their state stay bit for bit, even where their gradient is not a number, and the other leaves
    /// do as if these were not there: in bits, or to rounding where all are measured together.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void FrozenLeaves(Optimizer optimizer) => Holds(optimizer, FrozenLeaves<float>, FrozenLeaves<double>);

    private static void FrozenLeaves<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Optimizer freezing = optimizer.WithGroups(Frozen);
        var actual = WithSpoiledFrozenLeaves(problem).After<T>(freezing);
        var start = (Parameters: problem.Parameters<T>(), State: freezing.Init(problem.Parameters<T>()));
        var rest = new Problem([.. problem.Leaves.Where(leaf => !IsFrozen(leaf.Name))]).After<T>(optimizer);
        bool isMeasured = ExemptionFromSplit(optimizer) is not null;
        foreach (Problem.Numbers leaf in problem.Leaves)
        {
            if (IsFrozen(leaf.Name)) Claim.Same("frozen", leaf.Name, start, actual);
            else if (!isMeasured) Claim.Same("beside frozen leaves", leaf.Name, rest, actual);
        }

        if (!isMeasured) return;
        Claim.Near("beside frozen leaves", rest.Parameters, (leaf, index) =>
        {
            double theta = double.CreateTruncating(actual.Parameters.AsSpan(leaf.Name)[index]);
            return (theta, 16 * RoundingOf<T>() * (1 + Math.Abs(theta)));
        });
    }

    private static Problem WithSpoiledFrozenLeaves(Problem problem) => problem.Select((leaf, which, values) =>
        IsFrozen(leaf.Name) && which > 0 ? [.. values.Select(_ => double.NaN)] : values);

    private static bool IsFrozen(string leaf) => leaf is "leaf0" or "leaf3";
}
