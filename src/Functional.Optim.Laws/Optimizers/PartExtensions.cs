namespace Functional.Optim.Laws;

/// <summary>What the parts of an optimizer say about the laws it has to obey.</summary>
internal static class PartExtensions
{
    private static readonly Leaf Vector = TreeLayout.Of(("vector", [1])).Leaves[0];

    /// <summary>The parts, those of a partition's optimizers in its place.</summary>
    internal static IEnumerable<Transform> OpenedParts(this Optimizer optimizer) => optimizer.Parts.SelectMany(part =>
        part is Partition partition ? partition.Rules.SelectMany(rule => rule.Optimizer.OpenedParts()) : [part]);

    /// <summary>The parts that each leaf of the problems goes through where it is not frozen.</summary>
    internal static IEnumerable<Transform[]> Routes(this Optimizer optimizer) => optimizer
        .PlanFor(Problem.Sample.Parameters<float>().Layout, null).Routes
        .Where(route => !route.Settings.Frozen)
        .Select(route => route.Transforms.Select(placed => placed.Transform).ToArray());

    /// <summary>Whether a part multiplies by a learning rate, or a part inside a partition does.</summary>
    internal static bool HasRate(this Transform part) => part is Partition
        ? part.OpenedParts().Any(HasRate)
        : part.RateAt(1) != 1 || part.FactorOf(Vector, new(LearningRateMultiplier: 2)) != part.FactorOf(Vector, LeafSettings.Default);

    /// <summary>Whether a part decays some of the leaves that the problems have.</summary>
    internal static bool Decays(this Transform part) => Problem.Sample.Parameters<float>().Layout.Leaves.Any(leaf => part.DecayOf(leaf) != 0);
}
