using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Mars"/>.</summary>
internal sealed class MarsCase : OptimizerCase
{
    public override string Entry => "mars";

    public override ImmutableArray<Variant> Variants =>
    [
        new("mars of lion", Mars.Of(0.1, MarsKind.Lion, 0.8, gamma: 0.1, weightDecay: 0.1, maximize: true))
        {
            Keeps = [nameof(BoundedStep)],
        },
        new(
            "mars of shampoo beside mars",
            ForMatrices(Mars.Of(0.1, MarsKind.Shampoo, keepsFirst: true), Mars.Of(0.1, amsGrad: AmsGrad.OfMoment)))
        {
            Unbroken = [(nameof(BoundedStep), "its steps are hardly longer than the rate")],
        },
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("mars", golden => Theirs(golden.GetProperty("source").GetInt32() == 1, golden.GetProperty("kwargs"))),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola => [new("mars", Mars.Of(0.1), 700)];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [Mars.Of(0.1, epsilon: 0)];

    public override ImmutableArray<Optimizer> WithMeanOfSquares => [Mars.Of(0.1)];

    private static Optimizer Theirs(bool isTimms, JsonElement options)
    {
        (double beta1, double beta2) = options.Pair("betas", (isTimms ? 0.9 : 0.95, 0.99));
        MarsKind kind = !options.TryGetProperty("mars_type", out JsonElement type) ? MarsKind.AdamW
            : type.GetString()!.EndsWith("lion", StringComparison.Ordinal) ? MarsKind.Lion
            : type.GetString()!.EndsWith("shampoo", StringComparison.Ordinal) ? MarsKind.Shampoo : MarsKind.AdamW;
        double rate = options.Option("lr", 0.003), decay = options.Option("weight_decay", 0);
        Mars mars = Mars.Of(
            rate, kind, beta1, beta2, gamma: options.Option("gamma", 0.025), keepsFirst: isTimms, weightDecay: decay);
        if (options.Flag("optimize_1d")) return mars;
        AdamW others = isTimms
            ? AdamW.Of(rate, beta1, beta2, weightDecay: decay)
            : AdamW.Of(options.Option("lr_1d", 0.003), 0.9, 0.95, weightDecay: options.Option("weight_decay_1d", 0.1));
        return ForMatrices(mars, others);
    }
}
