using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="DAdaptSgd"/>.</summary>
internal sealed class DAdaptSgdCase : OptimizerCase
{
    public override string Entry => "dAdaptSgd";

    public override ImmutableArray<string> Keeps => [nameof(ScaleInvariance)];

    public override ImmutableArray<(string Law, string Reason)> Unbroken =>
        [(nameof(BoundedStep), "its rate is small at first")];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "dAdaptSgd with everything",
            DAdaptSgd.Of(
                Schedule.LinearWarmup(0.5, 3), 0.8, 0.01, 1.01, weightDecay: 0.1, decay: Matrices, maximize: true)),
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("dadapt_sgd", golden => Theirs(golden.GetProperty("kwargs")))
        {
            Slots = [("s", "s"), ("x0", "start")],
            Scalars = [("d", "d"), ("numerator_weighted", "numerator"), ("g0_norm", "first norm")],
        },
    ];

    public override string SpreadsInfinity => "it measures the distance of all parameters from their start";

    public override ImmutableArray<ConvergenceCase> Parabola => [new("dAdaptSgd", DAdaptSgd.Of(1, d0: 0.01), 500)];

    private static DAdaptSgd Theirs(JsonElement options) => DAdaptSgd.Of(
        options.Option("lr", 1), options.Option("momentum", 0), options.Option("d0", 1e-6), decayInFirstNorm: false,
        weightDecay: options.Option("weight_decay", 0));
}
