using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="WeightDecay.Decoupled"/>.</summary>
internal sealed class WeightDecayDecoupledCase : OptimizerCase
{
    public override string Entry => "weightDecayDecoupled";

    public override ImmutableArray<(string Name, string Text)> Options => [("weightDecay", "0.1")];
}
