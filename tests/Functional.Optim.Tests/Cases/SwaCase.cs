using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Swa"/>.</summary>
internal sealed class SwaCase : OptimizerCase
{
    public override string Entry => "swa";

    public override ImmutableArray<(string Name, string Text)> Options => [("start", "2")];

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];

    public override ImmutableArray<Variant> Variants =>
    [
        new("adamw and the mean of each second", AdamW.Of(0.01).Then(Swa.Of(start: 1, every: 2)))
        {
            Unbroken =
            [
                (nameof(RateMultiplier), "the average after the rate changes no update"),
                (nameof(DecoupledDecay), "the average after the decay changes no update"),
            ],
        },
    ];
}
