using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="VarianceReduction"/>.</summary>
internal sealed class VarianceReductionCase : OptimizerCase
{
    public override string Entry => "varianceReduction";

    public override ImmutableArray<string> Keeps => [nameof(BoundedStep)];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "variance reduction after a clip, before lion",
            Clip.ByValue(0.5).Then(VarianceReduction.Of(0.1, 0.8, keepsFirst: true)).Then(Lion.Scaling())
                .Then(LearningRate.Of(0.1)))
        {
            Keeps = [nameof(BoundedStep), nameof(BiasCorrection)],
        },
    ];
}
