namespace Functional.Optim.Tests.Laws;

/// <summary>Every optimizer the laws are proven for.</summary>
internal static class Catalogue
{
    internal static readonly (string Name, Optimizer Optimizer)[] All =
    [
        ("sgd", Sgd.Of(0.1)),
        ("sgd with L2", Sgd.Of(0.1, weightDecay: 0.1)),
        ("momentum", Sgd.Of(0.1, momentum: 0.9)),
        ("dampened", Sgd.Of(0.1, momentum: 0.9, dampening: 0.5)),
        ("nesterov", Sgd.Of(0.1, momentum: 0.9, nesterov: true)),
        ("adam", Adam.Of(0.01)),
        ("adam with L2", Adam.Of(0.01, weightDecay: 0.1)),
        ("adam without bias correction", Adam.Of(0.01, biasCorrection: false)),
        ("adamw", AdamW.Of(Schedule.WarmupCosine(0.01, 5, 20, 0.001), weightDecay: 0.1, decay: leaf => leaf.Rank >= 2)),
        ("amsgrad", Adam.Of(0.01, amsGrad: AmsGrad.OfMoment)),
        ("adamw with Optax's amsgrad, up", AdamW.Of(0.01, amsGrad: AmsGrad.OfCorrectedMoment, maximize: true)),
        ("clip by value then momentum", Clip.ByValue(0.5).Then(Sgd.Of(0.1, momentum: 0.9))),
        ("clip by norm then adamw", Clip.ByGlobalNorm(1).Then(AdamW.Of(0.01))),
        ("adam then clip by norm", Adam.Scaling().Then(Clip.ByGlobalNorm(0.5)).Then(LearningRate.Of(0.1))),
        ("clip between seven slots",
            Trace.Of(0.5).Then(Adam.Scaling()).Then(Clip.ByGlobalNorm(0.5)).Then(Adam.Scaling(0.5, 0.9)).Then(WeightDecay.Decoupled(0.1))
                .Then(Adam.Scaling()).Then(Clip.ByValue(0.7)).Then(LearningRate.Of(Schedule.LinearWarmup(0.1, 4)))),
        ("six slots", Adam.Scaling().Then(Adam.Scaling()).Then(Adam.Scaling()).Then(LearningRate.Of(0.1))),
    ];

    internal static TheoryData<string> Names => [.. All.Select(entry => entry.Name)];

    internal static Optimizer Get(string name) => All.Single(entry => entry.Name == name).Optimizer;
}
