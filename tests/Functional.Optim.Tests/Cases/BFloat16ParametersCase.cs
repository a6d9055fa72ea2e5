using System.Collections.Immutable;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="BFloat16Parameters"/>.</summary>
internal sealed class BFloat16ParametersCase : OptimizerCase
{
    public override string Entry => "bFloat16Parameters";

    public override ImmutableArray<Variant> Variants =>
    [
        new("adamw with compensated parameters", AdamW.Of(0.01).Then(BFloat16Parameters.Of(ParameterRounding.Kahan))),
        new(
            "a clip and adamw in 16 bits, state and parameters",
            Clip.ByGlobalNorm(1).Then(AdamW.Of(0.01)).Then(BFloat16Parameters.Of()).WithState(StateFormat.BFloat16)),
        new("sgd with rounded parameters", Sgd.Of(0.1).Then(BFloat16Parameters.Of(ParameterRounding.Nearest))),
    ];
}
