using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Lion"/>.</summary>
internal sealed class LionCase : OptimizerCase
{
    public override string Entry => "lion";

    public override ImmutableArray<string> Keeps =>
        [nameof(BiasCorrection), nameof(ScaleInvariance), nameof(BoundedStep)];

    public override ImmutableArray<Variant> Variants =>
    [
        new("lion with decay", Lion.Of(0.01, 0.5, 0.9, weightDecay: 0.1, decay: Matrices))
        {
            Keeps = [nameof(ScaleInvariance), nameof(BoundedStep)],
        },
    ];
}
