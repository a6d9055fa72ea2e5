using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>Compositions that belong to no single entry.</summary>
internal sealed class CompositionsCase : OptimizerCase
{
    public override string? Entry => null;

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "clip by leaf norm, then by unit, then momentum",
            Clip.ByLeafNorm(0.7).Then(Clip.Adaptively(0.5, outputAxis: OutputAxis.Last))
                .Then(Sgd.Of(0.1, momentum: 0.9))),
        new(
            "noise, mean and lookahead",
            Noise.Of(0.01, seed: 3).Then(Ema.Of(0.9)).Then(LearningRate.Of(0.1)).Then(Lookahead.Of(every: 2)))
        {
            Unbroken =
            [
                (nameof(Descent), "its noise is smaller than the gradients of the problems"),
                (nameof(Locality), "noise rewrites leaves, but element by element"),
                (nameof(Update), "it puts nothing back in the third step"),
            ],
        },
        new(
            "partition after a clip",
            Clip.ByGlobalNorm(1, NormKind.L1).Then(Partition.Of(
                new("vectors", leaf => leaf.Rank == 1, Sgd.Of(0.1, momentum: 0.9)),
                new("matrices", _ => true, Clip.ByGlobalNorm(0.5, NormKind.Infinity).Then(AdamW.Of(0.01)))))),
        new("clip by norm then adamw", Clip.ByGlobalNorm(1).Then(AdamW.Of(0.01))),
        new("adam then clip by norm", Adam.Scaling().Then(Clip.ByGlobalNorm(0.5)).Then(LearningRate.Of(0.1)))
        {
            Keeps = [nameof(BiasCorrection)],
            Unbroken = [(nameof(BoundedStep), "the clip leaves few steps their length")],
        },
        new(
            "clip between seven slots",
            Momentum.Of(0.5).Then(Adam.Scaling()).Then(Clip.ByGlobalNorm(0.5))
                .Then(Adam.Scaling(0.5, 0.9)).Then(WeightDecay.Decoupled(0.1)).Then(Adam.Scaling())
                .Then(Clip.ByValue(0.7)).Then(LearningRate.Of(Schedule.LinearWarmup(0.1, 4))))
        {
            Unbroken = [(nameof(BoundedStep), "the limit of a value is below 1")],
        },
        new(
            "momentum in 16 bits between a clip and a trace",
            Clip.ByGlobalNorm(1).Then(Momentum.Of(0.5))
                .Then(Sgd.Of(0.1, momentum: 0.9).WithState(StateFormat.BFloat16))),
        new(
            "momentum in int8, adam in float8, and a full trace",
            Momentum.Of(0.5).Then(Adam.Scaling().WithState(StateFormat.Float8))
                .Then(Sgd.Of(0.1, momentum: 0.9).WithState(StateFormat.Int8))),
        new("six slots", Adam.Scaling().Then(Adam.Scaling()).Then(Adam.Scaling()).Then(LearningRate.Of(0.1)))
        {
            Keeps = [nameof(BiasCorrection)],
        },
    ];
}
