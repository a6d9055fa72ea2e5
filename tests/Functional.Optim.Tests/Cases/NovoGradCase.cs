using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="NovoGrad"/>.</summary>
internal sealed class NovoGradCase : OptimizerCase
{
    public override string Entry => "novoGrad";

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "novograd with averaging and decay",
            NovoGrad.Of(0.01, 0.9, 0.25, weightDecay: 0.1, gradientAveraging: true))
        {
            Unbroken = [(nameof(BoundedStep), "in three steps averaging keeps each step below the bound")],
        },
    ];
}
