using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="RAdam"/>.</summary>
internal sealed class RAdamCase : OptimizerCase
{
    public override string Entry => "rAdam";

    public override ImmutableArray<Variant> Variants =>
    [
        new("radam with L2", RAdam.Of(0.01, 0.5, 0.5, weightDecay: 0.1)),
        new(
            "radam with decoupled decay",
            RAdam.Of(0.01, 0.9, 0.95, threshold: 4, weightDecay: 0.1, decoupledDecay: true)),
    ];
}
