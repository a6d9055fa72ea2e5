using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Adamax"/>.</summary>
internal sealed class AdamaxCase : OptimizerCase
{
    public override string Entry => "adamax";

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];

    public override ImmutableArray<(string Law, string Reason)> Unbroken =>
    [
        (nameof(BoundedStep), "its ε keeps each step below the bound"),
    ];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "adamax without epsilon, with L2, up",
            Adamax.Of(0.01, 0.5, 0.9, epsilon: 0, weightDecay: 0.1, maximize: true)),
    ];
}
