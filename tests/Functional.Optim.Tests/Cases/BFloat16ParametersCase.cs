using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="BFloat16Parameters"/>.</summary>
internal sealed class BFloat16ParametersCase : OptimizerCase
{
    private static readonly ImmutableArray<(string Law, string Reason)> Near =
    [
        (nameof(Update), "its updates are small beside the parameters, so what is added reaches them exactly"),
    ];

    public override string Entry => "bFloat16Parameters";

    public override ImmutableArray<Variant> Variants =>
    [
        new("adamw with compensated parameters", AdamW.Of(0.01).Then(BFloat16Parameters.Of(ParameterRounding.Kahan)))
        {
            Unbroken = Near,
        },
        new(
            "a clip and adamw in 16 bits, state and parameters",
            Clip.ByGlobalNorm(1).Then(AdamW.Of(0.01)).Then(BFloat16Parameters.Of()).WithState(StateFormat.BFloat16))
        {
            Unbroken = Near,
        },
        new("sgd with rounded parameters", Sgd.Of(0.1).Then(BFloat16Parameters.Of(ParameterRounding.Nearest)))
        {
            Unbroken = Near,
        },
    ];
}
