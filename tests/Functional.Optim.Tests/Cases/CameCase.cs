using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Came"/>.</summary>
internal sealed class CameCase : OptimizerCase
{
    public override string Entry => "came";

    public override ImmutableArray<string> Keeps => [nameof(ScaleInvariance)];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "came of short memory with decay for matrices, up",
            Came.Of(
                0.01, 0.5, 0.9, 0.8, clipThreshold: 0.5, distanceEpsilon: 1e-3, weightDecay: 0.1, decay: Matrices,
                maximize: true))
        {
            Keeps = [nameof(ScaleInvariance)],
        },
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("came", golden => Authors(golden.GetProperty("kwargs")))
        {
            Slots =
            [
                ("exp_avg_sq_row", "row"), ("exp_avg_sq_col", "column"), ("exp_avg_sq", "v"), ("exp_avg", "m"),
                ("exp_avg_res_row", "distance row"), ("exp_avg_res_col", "distance column"),
            ],
        },
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (
            () => Came.Of(-1, 1, -0.1, double.NaN, 0, -1, double.PositiveInfinity, -1),
            "Came: learningRate is -1; allowed is finite and not negative; beta1 is 1; allowed is in [0, 1); beta2 is "
            + "-0.1; allowed is in [0, 1); beta3 is NaN; allowed is in [0, 1); clipThreshold is 0; allowed is finite "
            + "and positive; epsilon is -1; allowed is finite and not negative; distanceEpsilon is Infinity; allowed "
            + "is finite and not negative; weightDecay is -1; allowed is finite and not negative."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola => [new("came", Came.Of(Schedule.Cosine(0.2, 500)), 500)];

    private static Came Authors(JsonElement options)
    {
        double[] betas =
            options.TryGetProperty("betas", out JsonElement given) ? given.Numbers() : [0.9, 0.999, 0.9999];
        (double epsilon, double distances) = options.Pair("eps", (1e-30, 1e-16));
        return Came.Of(
            options.Option("lr"), betas[0], betas[1], betas[2], options.Option("clip_threshold", 1), epsilon, distances,
            options.Option("weight_decay", 0));
    }
}
