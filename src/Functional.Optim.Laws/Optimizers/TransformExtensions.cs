using System.Numerics;

namespace Functional.Optim.Laws;

/// <summary>What the transforms of an optimizer say about the laws it has to obey.</summary>
internal static class TransformExtensions
{
    private static readonly Leaf Vector = TreeLayout.Of(("vector", [1])).Leaves[0];

    /// <summary>The transforms, those of a partition's optimizers in its place.</summary>
    internal static IEnumerable<Transform> OpenedTransforms(this Optimizer optimizer) =>
        optimizer.Transforms.SelectMany(part =>
            part is Partition partition
                ? partition.Rules.SelectMany(rule => rule.Optimizer.OpenedTransforms())
                : [part]);

    /// <summary>The transforms that each leaf of the problems goes through where it is not frozen.</summary>
    internal static IEnumerable<Transform[]> LeafPlans(this Optimizer optimizer) => optimizer
        .PlanFor(Problem.Sample.Parameters<float>().Layout, null).LeafPlans
        .Where(leafPlan => !leafPlan.Settings.Frozen)
        .Select(leafPlan => leafPlan.Transforms.Select(placed => placed.Transform).ToArray());

    /// <summary>The optimizer with another part after all others, or before the one that must be the last.</summary>
    internal static Optimizer Followed(this Optimizer optimizer, Optimizer part) =>
        Composition.TransformsOf(optimizer) is [.. var before, BFloat16Parameters last]
            ? before.Aggregate(Composition.Identity, static (parts, next) => parts.Then(next)).Then(part).Then(last)
                with { Groups = optimizer.Groups }
            : optimizer.Then(part);

    /// <summary>Whether some leaves end a step at numbers that an update added to them reaches to rounding only.</summary>
    internal static bool Lands(this Optimizer optimizer) =>
        optimizer.OpenedTransforms().Any(static part => part is Lookahead or BFloat16Parameters);

    /// <summary>Whether the groups, or those inside of a partition, leave a leaf as it is.</summary>
    internal static bool IsFrozen(this Optimizer optimizer, Leaf leaf) => optimizer.LeafPlanOf(leaf).Settings.Frozen;

    /// <summary>The rate of a leaf at a step, its groups included; 0 where it is frozen.</summary>
    internal static double RateOf(this Optimizer optimizer, Leaf leaf, long step) =>
        optimizer.LeafPlanOf(leaf) is { Settings.Frozen: false } leafPlan ? leafPlan.RateAt(step) : 0;

    /// <summary>
    /// 1 where the update of a leaf goes down the gradient, −1 where factors of <see cref="Scale"/> turn it.
    /// </summary>
    internal static double DirectionOf(this Optimizer optimizer, Leaf leaf) => optimizer.LeafPlanOf(leaf).Transforms
        .Select(static placed => placed.Transform).OfType<Scale>()
        .Aggregate(1.0, static (direction, scale) => direction * Math.Sign(scale.Factor));

    /// <summary>By which part of itself a leaf shrinks at a step: each decay times the rates after it.</summary>
    internal static double ShrinkageOf(this Optimizer optimizer, Leaf leaf, long step)
    {
        LeafPlan leafPlan = optimizer.LeafPlanOf(leaf);
        if (leafPlan.Settings.Frozen) return 0;
        Transform[] parts = [.. leafPlan.Transforms.Select(placed => placed.Transform)];
        double shrinkage = 0;
        for (int decay = 0; decay < parts.Length; decay++)
        {
            // The multiplier of a group is that of the last rate, after which there may be a decay.
            double multiplier = parts.Skip(decay + 1).Any(HasRate) ? leafPlan.Settings.LearningRateMultiplier : 1;
            double correction = (parts[decay] as WeightDecay)?.CorrectionAt(step) ?? 1;
            shrinkage += parts.Skip(decay + 1).Aggregate(
                parts[decay].WeightDecayFor(leaf) * multiplier * correction,
                (product, part) => product * part.RateAt(step));
        }

        return shrinkage * leafPlan.Settings.WeightDecayMultiplier;
    }

    /// <summary>The same optimizer with every leaf at a multiple of its rate, be it in a group or in none.</summary>
    internal static Optimizer WithRate(this Optimizer optimizer, double multiple) => optimizer with
    {
        Groups =
        [
            .. optimizer.Groups.Select(group => group with
            {
                Settings = group.Settings
                    with { LearningRateMultiplier = multiple * group.Settings.LearningRateMultiplier },
            }),
            LeafGroup.Of("all others", static _ => true, learningRateMultiplier: multiple),
        ],
    };

    /// <summary>
    /// A transform by itself, with what the groups of the whole optimizer, and of partitions in it, change for each
    /// leaf. The multiplier of the rate is left to the last transform that has one.
    /// </summary>
    internal static Optimizer TransformAlone(
        this Optimizer optimizer, int index, TreeLayout layout) => optimizer.Transforms[index].Bare() with
    {
        Groups =
        [
            .. layout.Leaves.Select(leaf =>
            {
                LeafSettings settings = optimizer.LeafPlanOf(leaf).Settings;
                bool isLastRate = optimizer.Transforms[index].HasRateFor(leaf)
                    && !optimizer.Transforms.Skip(index + 1).Any(part => part.HasRateFor(leaf));
                return new LeafGroup(
                    leaf.Name, other => other.Name == leaf.Name,
                    isLastRate ? settings : settings with { LearningRateMultiplier = 1 });
            }),
        ],
    };

    /// <summary>
    /// The first transform that makes an update where there is no gradient, such as noise; <see langword="null"/> where
    /// none does.
    /// </summary>
    internal static Transform? FirstToMoveByItself(this IEnumerable<Transform> parts) => parts.FirstOrDefault(part =>
    {
        ParameterTree<float> both = ParameterTree.Of(
            Leaf.Of("vector", [2], [1f, 1f]), Leaf.Of("matrix", [2, 2], [1f, 1f, 1f, 1f]));
        ParameterTree<float> ones = ParameterTree.Of(
            [.. both.Layout.Leaves.Where(leaf => part.Refuses(leaf) is null).Select(leaf =>
                Leaf.Of(leaf.Name, leaf.Shape.AsSpan(), both.AsSpan(leaf).ToArray()))]);
        Optimizer alone = ((Optimizer)part).Bare();
        OptimizerState<float> state = alone.Init(ones);
        for (int step = 1; step <= Problem.Updates; step++)
        {
            (ParameterTree<float> deltas, state) = alone.Update(ones, ones.Layout.Zeros<float>(), state);
            if (deltas.AsSpan().ContainsAnyExcept(0f, -0f)) return true;
        }

        return false;
    });

    /// <summary>
    /// The tree after, with the frozen leaves of the one before: θ + 0 is not θ in bits where θ is −0.
    /// </summary>
    internal static ParameterTree<T> KeepFrozen<T>(
        this Optimizer optimizer, ParameterTree<T> before, ParameterTree<T> after)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ParameterTree.Of([.. after.Layout.Leaves.Select(leaf => Leaf.Of(
            leaf.Name, leaf.Shape.AsSpan(), (optimizer.IsFrozen(leaf) ? before : after).AsSpan(leaf).ToArray()))]);

    /// <summary>Whether a transform multiplies by a learning rate, or a transform inside a partition does.</summary>
    internal static bool HasRate(this Transform part) => part is Partition
        ? part.OpenedTransforms().Any(HasRate)
        : part.RateAt(1) != 1 || part.PerLeafFactor(Vector, new(LearningRateMultiplier: 2)) != part.PerLeafFactor(
            Vector, LeafSettings.Default);

    private static bool HasRateFor(this Transform part, Leaf leaf) =>
        part.LeafPlanOf(leaf).Transforms.Any(placed => placed.Transform.HasRate());

    /// <summary>The transforms without groups, those inside of a partition included.</summary>
    private static Optimizer Bare(this Optimizer optimizer) => optimizer.Transforms.Aggregate(
        Composition.Identity, static (parts, part) => parts.Then(part is Partition partition
            ? Partition.Of([.. partition.Rules.Select(static rule => rule with { Optimizer = rule.Optimizer.Bare() })])
            : part with { Groups = [] }));

    /// <summary>Whether a transform decays some of the leaves that the problems have.</summary>
    internal static bool DecayFilter(this Transform part) =>
        Problem.Sample.Parameters<float>().Layout.Leaves.Any(leaf => part.WeightDecayFor(leaf) != 0);
}
