using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Yogi"/>.</summary>
internal sealed class YogiCase : OptimizerCase
{
    public override string Entry => "yogi";

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "yogi as in Optax, with L2",
            Yogi.Of(0.01, initialAccumulator: 1e-6, biasCorrection: true, weightDecay: 0.1))
        {
            Unbroken = [(nameof(BoundedStep), "its ε keeps each step below the bound")],
        },
    ];
}
