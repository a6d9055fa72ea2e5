using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="AdaBelief"/>.</summary>
internal sealed class AdaBeliefCase : OptimizerCase
{
    public override string Entry => "adaBelief";

    public override ImmutableArray<Variant> Variants =>
    [
        new("adabelief with L2", AdaBelief.Of(0.01, 0.5, 0.9, epsilon: 1e-8, epsilonRoot: 0, weightDecay: 0.1)),
        new("adabelief with decoupled decay", AdaBelief.Of(0.01, weightDecay: 0.1, decoupledDecay: true)),
    ];
}
