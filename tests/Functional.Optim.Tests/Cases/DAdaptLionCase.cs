using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="DAdaptLion"/>.</summary>
internal sealed class DAdaptLionCase : OptimizerCase
{
    public override string Entry => "dAdaptLion";

    public override ImmutableArray<string> Keeps => [nameof(ScaleInvariance)];

    public override ImmutableArray<(string Law, string Reason)> Unbroken => Slow;

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "dAdaptLion with decay for matrices, up",
            DAdaptLion.Of(
                Schedule.LinearWarmup(0.5, 3), 0.8, 0.9, 0.01, weightDecay: 0.1, decay: Matrices, maximize: true))
        {
            Keeps = [nameof(ScaleInvariance)],
            Unbroken = [Slow[0], Slow[2]],
        },
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("dadapt_lion", golden => Theirs(golden.GetProperty("kwargs")))
        {
            Slots = [("s", "s"), ("exp_avg", "m")],
            Scalars = [("d", "d"), ("numerator_weighted", "numerator")],
        },
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
        [new("dAdaptLion", DAdaptLion.Of(Schedule.Cosine(0.1, 20_000), d0: 0.01), 20_000)];

    private static ImmutableArray<(string Law, string Reason)> Slow =>
    [
        (nameof(BoundedStep), "its rate is small at first"),
        (nameof(BiasCorrection), "its rate hardly rises in a few updates"),
        (nameof(Split), "d hardly leaves its start in the few updates of the law"),
    ];

    private static DAdaptLion Theirs(JsonElement options)
    {
        (double beta1, double beta2) = options.Pair("betas", (0.9, 0.99));
        return DAdaptLion.Of(
            options.Option("lr", 1), beta1, beta2, options.Option("d0", 1e-6),
            weightDecay: options.Option("weight_decay", 0));
    }
}
