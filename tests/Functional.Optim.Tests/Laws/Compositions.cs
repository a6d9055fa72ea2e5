namespace Functional.Optim.Tests.Laws;

/// <summary>
/// What users make of the catalogue's optimizers: groups, frozen leaves, partitions, schedules of any shape, parts in
/// front and after, and wrappers around it.
/// </summary>
internal static class Compositions
{
    private static readonly Func<Leaf, bool> Matrices = leaf => leaf.Rank >= 2, Vectors = leaf => leaf.Rank < 2;

    private static readonly (string Name, Optimizer Optimizer)[] Bases =
    [
        ("adamW", AdamW.Of(0.1)),
        ("lamb", Lamb.Of(0.01)),
        ("clipped momentum", Clip.ByGlobalNorm(1).Then(Sgd.Of(0.1, momentum: 0.9, nesterov: true))),
    ];

    private static readonly (string Name, Func<Optimizer, Optimizer> Around)[] Variants =
    [
        ("half the rate for matrices", inner =>
            inner.WithGroups(LeafGroup.Of("half", Matrices, learningRateMultiplier: 0.5))),
        ("no decay and no rate for vectors", inner => inner.WithGroups(
            LeafGroup.Of("one", leaf => leaf.Name == "leaf2", weightDecayMultiplier: 0),
            LeafGroup.Of("still", Vectors, learningRateMultiplier: 0))),
        ("frozen matrices", inner => inner.WithGroups(LeafGroup.Frozen("frozen", Matrices))),
        ("every leaf frozen", inner => inner.WithGroups(LeafGroup.Frozen("frozen", _ => true))),
        ("a partition with frozen matrices", inner =>
            Partition.Of(Partition.Freeze("matrices", Matrices), new("rest", _ => true, inner))),
        ("a partition with a group inside, beside Adagrad", inner => Partition.Of(
            new("matrices", Matrices, inner.WithGroups(LeafGroup.Of("twice", leaf => leaf.Name == "leaf1", 2, 0.5))),
            new("rest", _ => true, Adagrad.Of(Schedule.WarmupCosine(0.1, 2, 4))))),
        ("a warm-up before it", inner => LearningRate.Of(Schedule.LinearWarmup(1, 3)).Then(inner)),
        ("a schedule from 0 to 0 after it", inner =>
            inner.Then(LearningRate.Of(Schedule.WarmupCosine(1, 1, 3).ZeroBased()))),
        ("a clip after it", inner => inner.Then(Clip.ByLeafNorm(0.01))),
        ("a decay after it", inner => inner.Then(WeightDecay.Decoupled(0.01))),
    ];

    private static readonly (string Name, Optimizer Optimizer)[] Others =
    [
        ("adam with beta2 of 0", Adam.Of(0.1, beta2: 0)),
        ("adam without epsilon, at a rate that float rounds", AdamW.Of(1e-41, epsilon: 0)),
        ("descent far too fast", Sgd.Of(1e30, momentum: 0.9)),
        ("noise before decay", Noise.Of(0.01, seed: 3).Then(AdamW.Of(0.1))),
        ("noise after the rate", Sgd.Of(0.1).Then(Noise.Of(0.01, seed: 3))),
        ("groups and frozen leaves at several rates, with a clip",
            Clip.ByGlobalNorm(1).Then(LearningRate.Of(0.5)).Then(AdamW.Of(0.1)).WithGroups(
                LeafGroup.Frozen("frozen", leaf => leaf.Name == "leaf1"),
                LeafGroup.Of("half", leaf => leaf.Name == "leaf2", 0.5, 2))),
        ("a rate after a partition with a multiplier inside", Partition.Of(
            new("half", Matrices, Adam.Scaling().WithGroups(LeafGroup.Of("half", _ => true, 0.5))),
            new("rest", _ => true, Partition.Of(
                Partition.Freeze("first", leaf => leaf.Name == "leaf0"), new("momentum", _ => true, Momentum.Of(0.9)))))
            .Then(WeightDecay.Decoupled(0.1, Matrices)).Then(LearningRate.Of(Schedule.StepDecay(0.1, 1, 0.5)))),
        ("a wrapper around a partition with frozen leaves", ApplyIfFinite.Around(Accumulate.Of(2, Partition.Of(
            Partition.Freeze("matrices", Matrices), new("rest", _ => true, AdamW.Of(Schedule.LinearWarmup(0.1, 2))))))),
        ("nothing", Composition.Identity),
    ];

    internal static readonly (string Name, Optimizer Optimizer)[] All =
    [
        .. from inner in Bases from variant in Variants
        select ($"{inner.Name}: {variant.Name}", variant.Around(inner.Optimizer)),
        .. Others,
    ];
}
