using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Fromage"/>.</summary>
internal sealed class FromageCase : OptimizerCase
{
    public override string Entry => "fromage";

    public override ImmutableArray<Variant> Variants =>
    [
        new("fromage with a bound, up", Fromage.Of(Schedule.WarmupCosine(0.1, 2, 20), 1.05, maximize: true))
        {
            // A leaf of norm 0, whose step would go by the gradient's size, stays.
            Keeps = [nameof(ScaleInvariance)],
        },
    ];

    public override ImmutableArray<PublishedGolden> Published =>
        [new("fromage", golden => Kozistrs(golden.GetProperty("kwargs"))) { KeptByOne = ["firstNorm"] }];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => Fromage.Of(-1, 0),
            "Fromage: learningRate is -1; allowed is finite and not negative; bound is 0; allowed is finite and "
            + "positive."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
        [new("fromage, whose rate has to fall", Fromage.Of(Schedule.WarmupExponential(0.3, 1, 500, 1e-9)), 400)];

    public override string SpreadsInfinity => "it multiplies the update of a leaf by the norm of its parameters";

    private static Fromage Kozistrs(JsonElement options) => Fromage.Of(
        options.Option("lr", 0.01),
        options.TryGetProperty("p_bound", out JsonElement bound) && bound.ValueKind != JsonValueKind.Null
            ? bound.Number() : null,
        options.Flag("maximize"));
}
