using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
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
        new("novograd by the largest mean", NovoGrad.Of(0.01, 0.9, 0.25, amsGrad: true)),
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("novograd", golden => Timms(golden.GetProperty("kwargs")))
        {
            Slots = [("exp_avg_sq", "v"), ("max_exp_avg_sq", "maximum v"), ("exp_avg", "momentum")],
        },
    ];

    private static NovoGrad Timms(JsonElement options) => NovoGrad.Of(
        options.Option("lr", 0.001),
        options.Pair("betas", (0.95, 0.98)).First, options.Pair("betas", (0.95, 0.98)).Second,
        options.Option("eps", 1e-8), weightDecay: options.Option("weight_decay", 0),
        gradientAveraging: options.Flag("grad_averaging"),
        amsGrad: options.Flag("amsgrad"));
}
