using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Adadelta"/>.</summary>
internal sealed class AdadeltaCase : OptimizerCase
{
    public override string Entry => "adadelta";

    public override ImmutableArray<(string Law, string Reason)> Unbroken =>
    [
        (nameof(BoundedStep), "in three steps its own unit is far below the bound"),
    ];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "adadelta with L2",
            Adadelta.Of(Schedule.LinearWarmup(10, 3), rho: 0.5, epsilon: 1e-3, weightDecay: 0.1))
        {
            Unbroken = [(nameof(BoundedStep), "in three steps its own unit is far below the bound")],
        },
    ];
}
