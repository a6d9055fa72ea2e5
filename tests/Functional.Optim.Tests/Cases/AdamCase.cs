using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Adam"/>.</summary>
internal sealed class AdamCase : OptimizerCase
{
    public override string Entry => "adam";

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];

    public override ImmutableArray<Variant> Variants =>
    [
        new("adam with L2", Adam.Of(0.01, weightDecay: 0.1)),
        new("adam without bias correction", Adam.Of(0.01, biasCorrection: false)),
        new("amsgrad", Adam.Of(0.01, amsGrad: AmsGrad.OfMoment)) { Keeps = [nameof(BiasCorrection)] },
    ];
}
