using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Asgd"/>.</summary>
internal sealed class AsgdCase : OptimizerCase
{
    public override string Entry => "asgd";

    public override ImmutableArray<(string Law, string Reason)> Unbroken =>
    [
        (nameof(RateMultiplier), "the average after the rate changes no update"),
        (nameof(DecoupledDecay), "the average after the decay changes no update"),
    ];

    public override ImmutableArray<Variant> Variants =>
    [
        new("asgd that averages soon", Asgd.Of(0.1, lambda: 0.01, alpha: 0.1, averageAfter: 0, weightDecay: 0.1))
        {
            Unbroken =
            [
                (nameof(RateMultiplier), "the average after the rate changes no update"),
                (nameof(DecoupledDecay), "the average after the decay changes no update"),
            ],
        },
    ];
}
