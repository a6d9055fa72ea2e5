using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Momentum"/>.</summary>
internal sealed class MomentumCase : OptimizerCase
{
    public override string Entry => "momentum";

    public override ImmutableArray<(string Name, string Text)> Options => [("coefficient", "0.9")];
}
