using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="AdamW"/>.</summary>
internal sealed class AdamWCase : OptimizerCase
{
    public override string Entry => "adamW";

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "adamw with a schedule, for matrices",
            AdamW.Of(Schedule.WarmupCosine(0.01, 5, 20, 0.001), weightDecay: 0.1, decay: Matrices)),
        new("adamw with Optax's amsgrad, up", AdamW.Of(0.01, amsGrad: AmsGrad.OfCorrectedMoment, maximize: true)),
        new("adamw in 16 bits", AdamW.Of(0.01, weightDecay: 0.1).WithState(StateFormat.BFloat16)),
    ];
}
