using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="WeightDecay.Decoupled"/>.</summary>
internal sealed class WeightDecayDecoupledCase : OptimizerCase
{
    public override string Entry => "weightDecayDecoupled";

    public override ImmutableArray<(string Name, string Text)> Options => [("weightDecay", "0.1")];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "cautious decay",
            Adam.Scaling().Then(WeightDecay.Decoupled(0.1, cautious: true)).Then(LearningRate.Of(0.1))),
        new(
            "cautious decay that is independent of the rate",
            Adam.Scaling().Then(LearningRate.Of(0.1)).Then(WeightDecay.Decoupled(0.1, Matrices, cautious: true))),
    ];
}
