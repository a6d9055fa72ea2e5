using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>Stepping a tree is stepping its leaves one by one, and their order does not matter, in bits.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Split(Optimizer optimizer) => Holds(optimizer, Split<float>, Split<double>);

    private static void Split<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var whole = problem.After<T>(optimizer);
        var reversed = new Problem([.. problem.Leaves.Reverse()]).After<T>(optimizer);
        foreach (Problem.Numbers leaf in problem.Leaves)
        {
            Claim.Same("with the leaves in reverse", leaf.Name, whole, reversed);
            Claim.Same("with one leaf", leaf.Name, whole, new Problem([leaf]).After<T>(optimizer));
        }
    }

    private static string? ExemptionFromSplit(Optimizer optimizer) => ExemptionOfCodes(optimizer)
        ?? (optimizer.OpenedTransforms().FirstOrDefault(MeasuresAll) is { } part
            ? $"{part} measures all leaves together" : null);

    private static bool MeasuresAll(Transform part) =>
        part.NeedsStatistics && (!part.LeafByLeaf || part.StartsTogether);

    /// <summary>
    /// Random bits go by the place in the tree and in the composition, so another place is rounded another way.
    /// </summary>
    private static string? ExemptionOfCodes(Optimizer optimizer) =>
        optimizer.SchemaFor(Problem.Sample.Parameters<float>().Layout, null).SlotFormats.IsEmpty
        && !optimizer.OpenedTransforms().Any(static part =>
            part is BFloat16Parameters { Rounding: ParameterRounding.Stochastic })
            ? null : "its state or its parameters are rounded stochastically";
}
