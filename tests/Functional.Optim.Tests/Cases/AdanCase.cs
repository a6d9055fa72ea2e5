using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Laws.OptimizerLaws;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Adan"/>.</summary>
internal sealed class AdanCase : OptimizerCase
{
    public override string Entry => "adan";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("Adan", Adan.Of(ExactFormula.Rate), [0, 0, 0, 0],
            (step, theta, g, slots) =>
            {
                decimal d = step == 1 ? 0 : g - slots[3], ahead = g + (Of(0.92) * d);
                decimal m = Mean(ref slots[0], 0.98, g), e = Mean(ref slots[1], 0.92, d),
                    n = Mean(ref slots[2], 0.99, ahead * ahead);
                slots[3] = g;
                return theta - (ExactRate * (Corrected(m, 0.98, step) + (Of(0.92) * Corrected(e, 0.92, step)))
                    / (Sqrt(Corrected(n, 0.99, step)) + Of(1e-8)));
            },
            (20, 8), (20, 8)),
    ];

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "adan with proximal decay, for matrices",
            Adan.Of(Schedule.Cosine(0.1, 10), 0.7, 0.8, 0.9, weightDecay: 0.5, decay: Matrices)),
        new(
            "adan with cautious decay, up",
            Adan.Of(0.01, weightDecay: 0.5, proximal: false, maximize: true, decayForm: DecayForm.Cautious)),
        new("adan with caution", Adan.Of(0.1, 0.5, 0.6, 0.7, weightDecay: 0.1, caution: true)),
        new("adan with caution, decoupled, up", Adan.Of(0.1, proximal: false, caution: true, maximize: true))
        {
            Keeps = [nameof(BiasCorrection)],
        },
        new("adan in a composition", Clip.ByValue(1).Then(Adan.Scaling(0.5)).Then(LearningRate.Of(0.1)))
        {
            Keeps = [nameof(BiasCorrection)],
        },
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("adan", golden =>
        {
            JsonElement options = golden.GetProperty("kwargs");
            double[] betas =
                options.TryGetProperty("betas", out JsonElement given) ? given.Numbers() : [0.98, 0.92, 0.99];
            return Adan.Of(
                options.Option("lr", 1e-3), betas[0], betas[1], betas[2], options.Option("eps", 1e-8),
                options.Option("weight_decay", 0), proximal: !options.Flag("no_prox"),
                caution: options.Flag("caution"));
        })
        {
            Slots = [("exp_avg", "m"), ("exp_avg_diff", "e"), ("exp_avg_sq", "n")],
            // The source keeps the opposite of the gradient.
            KeptByOne = ["last gradient"],
        },
    ];

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("adan", Adan.Of(Rate, 0.7, 0.6, 0.8, 0.1, Decay), [0, 0, 0, 0], (t, theta, g, s) =>
            (theta - (Rate * Direction(t, g, s))) / (1 + (Rate * Decay))),
        new(
            "adan with corrected proximal decay",
            Adan.Of(Schedule.LinearWarmup(Rate, 50), 0.7, 0.6, 0.8, 0.1, Decay, decayForm: DecayForm.Corrected),
            [0, 0, 0, 0], (t, theta, g, s) =>
            {
                double rate = Rate * Math.Min(t / 50.0, 1);
                return (theta - (rate * Direction(t, g, s))) / (1 + (rate * rate / Rate * Decay));
            }),
        new(
            "adan with decoupled decay", Adan.Of(Rate, 0.7, 0.6, 0.8, 0.1, Decay, proximal: false), [0, 0, 0, 0],
            (t, theta, g, s) => theta - (Rate * (Direction(t, g, s) + (Decay * theta)))),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => Adan.Of(1, beta2: 1, beta3: -1),
            "Adan: beta2 is 1; allowed is in [0, 1); beta3 is -1; allowed is in [0, 1)."),
        (() => Adan.Of(1, decayForm: DecayForm.Cautious),
            "Adan: decayForm is Cautious; allowed is Scaled, Corrected."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola => [new("adan", Adan.Of(0.1), 1000)];

    public override ImmutableArray<ConvergenceCase> Valley =>
    [
        new("adan", Adan.Of(Schedule.WarmupCosine(0.02, 1, 10_000)), 9600),
    ];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [Adan.Of(0.1, epsilon: 0)];

    public override ImmutableArray<Optimizer> WithMeanOfSquares => [Adan.Of(0.1), Adan.Of(0.1, caution: true)];

    public override ImmutableArray<Optimizer> CountingUpdates => [Adan.Of(1e-3)];

    private static double Direction(long t, double g, Span<double> s)
    {
        double d = t == 1 ? 0 : g - s[3], ahead = g + (0.6 * d);
        s[0] = (0.7 * s[0]) + (0.3 * g);
        s[1] = (0.6 * s[1]) + (0.4 * d);
        s[2] = (0.8 * s[2]) + (0.2 * ahead * ahead);
        s[3] = g;
        double mean = s[0] / (1 - Math.Pow(0.7, t)), differences = 0.6 * s[1] / (1 - Math.Pow(0.6, t));
        return (mean + differences) / (Math.Sqrt(s[2] / (1 - Math.Pow(0.8, t))) + 0.1);
    }
}
