using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="NAdamW"/>.</summary>
internal sealed class NAdamWCase : OptimizerCase
{
    public override string Entry => "nAdamW";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("NAdamW", NAdamW.Of(ExactFormula.Rate), [0, 0],
            (step, theta, g, slots) =>
            {
                decimal m = Mean(ref slots[0], 0.9, g), v = Mean(ref slots[1], 0.999, g * g);
                decimal ahead = Corrected((Of(0.9) * m) + ((1 - Of(0.9)) * g), 0.9, step);
                return theta - (ExactRate
                    * ((ahead / (Sqrt(Corrected(v, 0.999, step)) + Of(1e-8))) + (Of(0.01) * theta)));
            },
            (20, 15), (20, 20)),
    ];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "nadamw with a scheduled β₁ and corrected decay",
            NAdamW.Of(
                Schedule.Cosine(0.1, 10), Schedule.LinearWarmup(0.9, 5), weightDecay: 0.1,
                decayForm: DecayForm.Corrected)),
        new("nadamw as Optax's, for matrices, up", NAdamW.Of(
            0.01, 0.5, 0.9, weightDecay: 0.1, decay: Matrices, asOptax: true, maximize: true)),
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("nadamw", golden =>
        {
            JsonElement options = golden.GetProperty("kwargs");
            (double beta1, double beta2) = options.Pair("betas", (0.9, 0.999));
            return NAdamW.Of(
                options.Rate(1e-3), beta1, beta2, options.Option("eps", 1e-8), options.Option("weight_decay", 0.01),
                maximize: options.Flag("maximize"), decayForm: options.DecayForm());
        })
        {
            Slots = [("exp_avg", "m"), ("exp_avg_sq", "v")],
        },
    ];

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("nadamw", NAdamW.Of(Rate, 0.7, 0.8, 0.1, Decay), [0, 0], (t, theta, g, s) =>
            theta - (Rate * (Direction(t, g, s, ahead: 0) + (Decay * theta)))),
        new("nadamw as Optax's", NAdamW.Of(Rate, 0.7, 0.8, 0.1, Decay, asOptax: true), [0, 0], (t, theta, g, s) =>
            theta - (Rate * (Direction(t, g, s, ahead: 1) + (Decay * theta)))),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola => [new("nadamw", NAdamW.Of(0.1, weightDecay: 0), 490)];

    public override ImmutableArray<ConvergenceCase> Valley =>
    [
        new("nadamw", NAdamW.Of(Schedule.WarmupCosine(0.02, 1, 10_000), weightDecay: 0), 6600),
    ];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [NAdamW.Of(0.1, epsilon: 0, weightDecay: 0)];

    public override ImmutableArray<Optimizer> WithMeanOfSquares => [NAdamW.Of(0.1)];

    public override ImmutableArray<Optimizer> CountingUpdates => [NAdamW.Of(1e-3, weightDecay: 0)];

    private static double Direction(long t, double g, Span<double> s, int ahead)
    {
        s[0] = (0.7 * s[0]) + (0.3 * g);
        s[1] = (0.8 * s[1]) + (0.2 * g * g);
        double u = (0.7 * s[0] / (1 - Math.Pow(0.7, t + ahead))) + (0.3 * g / (1 - Math.Pow(0.7, t)));
        return u / (Math.Sqrt(s[1] / (1 - Math.Pow(0.8, t))) + 0.1);
    }
}
