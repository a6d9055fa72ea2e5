using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Lamb"/>.</summary>
internal sealed class LambCase : OptimizerCase
{
    public override string Entry => "lamb";

    public override ImmutableArray<Variant> Variants =>
    [
        new("lamb with decay for matrices", Lamb.Of(0.01, decay: Matrices)),
    ];
}
