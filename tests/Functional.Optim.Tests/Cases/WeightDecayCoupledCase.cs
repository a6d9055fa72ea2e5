using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="WeightDecay.Coupled"/>.</summary>
internal sealed class WeightDecayCoupledCase : OptimizerCase
{
    public override string Entry => "weightDecayCoupled";

    public override ImmutableArray<(string Name, string Text)> Options => [("weightDecay", "0.1")];
}
