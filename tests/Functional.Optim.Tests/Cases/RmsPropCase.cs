using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="RmsProp"/>.</summary>
internal sealed class RmsPropCase : OptimizerCase
{
    public override string Entry => "rmsProp";

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "rmsprop, centered, with momentum and L2",
            RmsProp.Of(0.01, centered: true, momentum: 0.9, weightDecay: 0.1)),
        new(
            "rmsprop with epsilon under the root, and momentum, up",
            RmsProp.Of(0.01, 0.9, 0, 1e-8, momentum: 0.5, maximize: true)),
    ];
}
