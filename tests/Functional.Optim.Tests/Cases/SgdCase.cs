using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Sgd"/>.</summary>
internal sealed class SgdCase : OptimizerCase
{
    public override string Entry => "sgd";

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];

    public override ImmutableArray<Variant> Variants =>
    [
        new("sgd with L2", Sgd.Of(0.1, weightDecay: 0.1)),
        new("sgd at two rates", Sgd.Of(0.1).Then(LearningRate.Of(0.5))) { Keeps = [nameof(BiasCorrection)] },
        new("sgd with momentum", Sgd.Of(0.1, momentum: 0.9)),
        new("dampened", Sgd.Of(0.1, momentum: 0.9, dampening: 0.5)),
        new("nesterov", Sgd.Of(0.1, momentum: 0.9, nesterov: true)),
    ];
}
