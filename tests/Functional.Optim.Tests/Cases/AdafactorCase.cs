using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Adafactor"/>.</summary>
internal sealed class AdafactorCase : OptimizerCase
{
    public override string Entry => "adafactor";

    public override ImmutableArray<string> Keeps => [nameof(ScaleInvariance)];

    public override ImmutableArray<Variant> Variants =>
    [
        new("adafactor with momentum and decay", Adafactor.Of(0.1, beta1: 0.9, weightDecay: 0.1))
        {
            Keeps = [nameof(ScaleInvariance)],
            Unbroken = [(nameof(BoundedStep), "its momentum takes a tenth of each step")],
        },
        new(
            "adafactor of torch with decay for matrices, up",
            Adafactor.Of(0.01, AdafactorForm.Torch, weightDecay: 0.1, decay: Matrices, maximize: true))
        {
            Keeps = [nameof(ScaleInvariance)],
        },
    ];
}
