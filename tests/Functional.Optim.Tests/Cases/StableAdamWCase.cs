using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="StableAdamW"/>.</summary>
internal sealed class StableAdamWCase : OptimizerCase
{
    public override string Entry => "stableAdamW";

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "stable adamw whose decay does not go by the rate, for matrices, up",
            StableAdamW.Of(Schedule.WarmupCosine(0.01, 5, 20), 0.8, 0.9, weightDecay: 0.01, maxRate: 0.01,
                decay: Matrices, maximize: true)),
        new("stable adamw in 16 bits", StableAdamW.Of(0.01).WithState(StateFormat.BFloat16)),
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("stable_adamw", golden => Optimis(golden.GetProperty("kwargs")))
        {
            Slots = [("exp_avg", "m"), ("exp_avg_sq", "v")],
        },
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => StableAdamW.Of(1, maxRate: 0), "StableAdamW: maxRate is 0; allowed is finite and positive."),
        (() => StableAdamW.Of(1, maxRate: 0.5),
            "StableAdamW: maxRate is 0.5; allowed is 1 or more, the largest rate of the schedule."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
        [new("stable adamw", StableAdamW.Of(0.1, weightDecay: 0), 530)];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [StableAdamW.Of(0.1, epsilon: 0, weightDecay: 0)];

    public override ImmutableArray<Optimizer> CountingUpdates => [StableAdamW.Of(1e-3)];

    private static StableAdamW Optimis(JsonElement options)
    {
        double rate = options.Option("lr");
        double? maxRate = options.TryGetProperty("max_lr", out JsonElement given)
            && given.ValueKind != JsonValueKind.Null ? given.Number() : rate;
        (double beta1, double beta2) = options.Pair("betas", (0.9, 0.99));
        return StableAdamW.Of(
            rate, beta1, beta2, options.Option("eps", 1e-6), options.Option("weight_decay", 0.01),
            options.Flag("decouple_lr") ? maxRate : null);
    }
}
