using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Lars"/>.</summary>
internal sealed class LarsCase : OptimizerCase
{
    public override string Entry => "lars";

    public override ImmutableArray<Variant> Variants =>
    [
        new("lars with L2 for matrices", Lars.Of(0.1, coefficient: 0.1, weightDecay: 0.01, filter: Matrices)),
    ];
}
