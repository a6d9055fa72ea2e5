using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="AdEmaMix"/>.</summary>
internal sealed class AdEmaMixCase : OptimizerCase
{
    public override string Entry => "adEmaMix";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("AdEmaMix", AdEmaMix.Of(ExactFormula.Rate), [0, 0, 0],
            (step, theta, g, slots) =>
            {
                decimal m = Corrected(Mean(ref slots[0], 0.9, g), 0.9, step), s = Mean(ref slots[1], 0.9999, g),
                    v = Corrected(Mean(ref slots[2], 0.999, g * g), 0.999, step);
                return theta - (ExactRate * (m + (2 * s)) / (Sqrt(v) + Of(1e-8)));
            },
            (25, 30), (40, 20)),
    ];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "ademamix with both warm-ups and cautious decay",
            AdEmaMix.Of(
                0.01, 0.5, 0.9, 0.99, 5, alphaWarmup: 4, beta3Warmup: 7, weightDecay: 0.5,
                decayForm: DecayForm.Cautious)),
        new(
            "ademamix without a fast mean, for matrices, up",
            AdEmaMix.Of(0.01, 0, 0.9, 0.99, weightDecay: 0.1, decay: Matrices, maximize: true)),
        new(
            "ademamix in a composition, in 16 bits",
            Clip.ByValue(1).Then(AdEmaMix.Scaling(beta3Warmup: 10)).Then(LearningRate.Of(0.1))
                .WithState(StateFormat.BFloat16)),
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("ademamix", golden =>
        {
            JsonElement options = golden.GetProperty("kwargs");
            double[] betas =
                options.TryGetProperty("betas", out JsonElement given) ? given.Numbers() : [0.9, 0.999, 0.9999];
            return AdEmaMix.Of(
                options.Option("lr", 1e-3), betas[0], betas[1], betas[2], options.Option("alpha", 2),
                options.Option("eps", 1e-8), Warmup("alpha_warmup"), Warmup("beta3_warmup"),
                options.Option("weight_decay", 0));

            long Warmup(string name) =>
                options.TryGetProperty(name, out JsonElement steps) && steps.ValueKind == JsonValueKind.Number
                    ? steps.GetInt64()
                    : 0;
        })
        {
            Slots = [("exp_avg_fast", "m"), ("exp_avg_slow", "slow m"), ("exp_avg_sq", "v")],
        },
    ];

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new(
            "ademamix", AdEmaMix.Of(Rate, 0.7, 0.8, 0.95, 3, 0.1, weightDecay: Decay), [0, 0, 0], (t, theta, g, s) =>
            {
                s[0] = (0.7 * s[0]) + (0.3 * g);
                return theta - (Rate * (Direction(t, s[0] / (1 - Math.Pow(0.7, t)), g, s[1..]) + (Decay * theta)));
            }),
        new(
            "ademamix without a fast mean", AdEmaMix.Of(Rate, 0, 0.8, 0.95, 3, 0.1), [0, 0], (t, theta, g, s) =>
                theta - (Rate * Direction(t, g, g, s))),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => AdEmaMix.Of(1, beta3: 1, alpha: -1, beta3Warmup: -1),
            "AdEmaMix: beta3 is 1; allowed is in [0, 1); alpha is -1; allowed is finite and not negative; "
            + "beta3Warmup is -1; allowed is 0 or more."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola => [new("ademamix", AdEmaMix.Of(0.1, beta3: 0.99), 650)];

    public override ImmutableArray<ConvergenceCase> Valley =>
    [
        new("ademamix", AdEmaMix.Of(Schedule.WarmupCosine(0.02, 1, 10_000), beta3: 0.99), 2700),
    ];

    public override ImmutableArray<Optimizer> WithoutEpsilon =>
        [AdEmaMix.Of(0.1, epsilon: 0), AdEmaMix.Of(0.1, 0, epsilon: 0)];

    public override ImmutableArray<Optimizer> WithMeanOfSquares => [AdEmaMix.Of(0.1), AdEmaMix.Of(0.1, 0)];

    public override ImmutableArray<Optimizer> CountingUpdates => [AdEmaMix.Of(1e-3)];

    private static double Direction(long t, double fast, double g, Span<double> s)
    {
        s[0] = (0.95 * s[0]) + (0.05 * g);
        s[1] = (0.8 * s[1]) + (0.2 * g * g);
        return (fast + (3 * s[0])) / (Math.Sqrt(s[1] / (1 - Math.Pow(0.8, t))) + 0.1);
    }
}
