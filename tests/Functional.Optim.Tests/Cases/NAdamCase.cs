using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="NAdam"/>.</summary>
internal sealed class NAdamCase : OptimizerCase
{
    public override string Entry => "nAdam";

    public override ImmutableArray<Variant> Variants =>
    [
        new("nadam with L2", NAdam.Of(0.01, 0.5, 0.9, epsilon: 0, momentumDecay: 0, weightDecay: 0.1)),
        new(
            "nadam with decoupled decay, up",
            NAdam.Of(0.01, momentumDecay: 1, weightDecay: 0.1, decoupledDecay: true, maximize: true)),
    ];
}
