using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Sm3"/>.</summary>
internal sealed class Sm3Case : OptimizerCase
{
    public override string Entry => "sm3";

    public override ImmutableArray<string> Keeps => [nameof(ScaleInvariance), nameof(BoundedStep)];

    public override ImmutableArray<Variant> Variants =>
    [
        new("sm3 with momentum and decay", Sm3.Of(0.1, 0.9, weightDecay: 0.1))
        {
            Keeps = [nameof(ScaleInvariance), nameof(BoundedStep)],
        },
        new("sm3 of means, up", Sm3.Of(0.1, beta: 0.9, epsilon: 1e-8, maximize: true)),
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("sm3", golden => Kozistrs(golden.GetProperty("kwargs")))
        {
            Slots =
            [
                ("accumulator_0", "axis 0"), ("accumulator_1", "axis 1"), ("accumulator_2", "axis 2"),
                ("accumulator_3", "axis 3"), ("momentum_buffer", "mean"),
            ],
            KeptByOne = ["momentum_buffer"],
        },
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (
            () => Sm3.Of(-1, 1, -0.1, double.NaN, -1),
            "Sm3: learningRate is -1; allowed is finite and not negative; momentum is 1; allowed is in [0, 1); beta is "
            + "-0.1; allowed is in [0, 1); epsilon is NaN; allowed is finite and not negative; weightDecay is -1; "
            + "allowed is finite and not negative."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola => [new("sm3", Sm3.Of(2), 500)];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [Sm3.Of(0.1, epsilon: 0)];

    private static Sm3 Kozistrs(JsonElement options) => Sm3.Of(
        options.Option("lr", 0.1), options.Option("momentum", 0), options.Option("beta", 0),
        options.Option("eps", 1e-30), maximize: options.Flag("maximize"));
}
