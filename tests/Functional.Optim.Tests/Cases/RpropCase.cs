using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Rprop"/>.</summary>
internal sealed class RpropCase : OptimizerCase
{
    public override string Entry => "rprop";

    public override ImmutableArray<string> Keeps => [nameof(ScaleInvariance), nameof(BoundedStep)];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "rprop with a schedule",
            Rprop.Of(0.1, 0.3, 1.5, 0.01, 0.2, Schedule.LinearWarmup(1, 3), weightDecay: 0.1, maximize: true))
        {
            Keeps = [nameof(BoundedStep)],
        },
    ];
}
