using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Adagrad"/>.</summary>
internal sealed class AdagradCase : OptimizerCase
{
    public override string Entry => "adagrad";

    public override ImmutableArray<string> Keeps => [nameof(BoundedStep)];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "adagrad with a falling rate and L2",
            Adagrad.Of(0.1, learningRateDecay: 0.1, initialAccumulator: 0.1, weightDecay: 0.1))
        {
            Keeps = [nameof(BoundedStep)],
        },
        new("adagrad without epsilon, up", Adagrad.Of(0.1, epsilon: 0, maximize: true))
        {
            Keeps = [nameof(ScaleInvariance)],
        },
    ];
}
