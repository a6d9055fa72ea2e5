using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="LaProp"/>.</summary>
internal sealed class LaPropCase : OptimizerCase
{
    public override string Entry => "laProp";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("LaProp", LaProp.Of(ExactFormula.Rate), [0, 0],
            (step, theta, g, slots) =>
            {
                decimal v = Corrected(Mean(ref slots[1], 0.999, g * g), 0.999, step);
                decimal m = Mean(ref slots[0], 0.9, ExactRate * g / (Sqrt(v) + Of(1e-15)));
                return theta - Corrected(m, 0.9, step);
            },
            (20, 15), (30, 20)),
    ];

    public override ImmutableArray<string> Keeps => [nameof(OptimizerLaws.BiasCorrection)];

    public override string? RemembersSettings => "its momentum is divided by a mean of the rates so far";

    public override ImmutableArray<Variant> Variants =>
    [
        new("laprop with decay and a rate that falls", LaProp.Of(Schedule.Cosine(0.1, 10), 0.7, 0.9, weightDecay: 0.1)),
        new(
            "laprop with corrected decay",
            LaProp.Of(Schedule.Cosine(0.1, 10), weightDecay: 0.1, decayForm: DecayForm.Corrected)),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => LaProp.Of(1, decayForm: DecayForm.Cautious),
            "LaProp: decayForm is Cautious; allowed is Scaled, Corrected."),
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("laprop", golden => Timms(golden.GetProperty("kwargs")))
        {
            Slots = [("exp_avg", "m"), ("exp_avg_sq", "v")],
        },
    ];

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("laprop", LaProp.Of(Rate, 0.7, 0.8, 0.1, Decay), [0, 0], (t, theta, g, s) =>
        {
            s[1] = (0.8 * s[1]) + (0.2 * g * g);
            s[0] = (0.7 * s[0]) + (0.3 * Rate * g / (Math.Sqrt(s[1] / (1 - Math.Pow(0.8, t))) + 0.1));
            double moved = theta - (s[0] / (1 - Math.Pow(0.7, t)));
            return moved - (Rate * Decay * moved);
        }),
        new(
            "laprop with corrected decay",
            LaProp.Of(Schedule.LinearWarmup(Rate, 50), 0, 0.8, 0.1, Decay, decayForm: DecayForm.Corrected), [0, 0],
            (t, theta, g, s) =>
            {
                double rate = Rate * Math.Min(t / 50.0, 1);
                s[1] = (0.8 * s[1]) + (0.2 * g * g);
                s[0] = rate * g / (Math.Sqrt(s[1] / (1 - Math.Pow(0.8, t))) + 0.1);
                double moved = theta - s[0];
                return moved - (rate * rate / Rate * Decay * moved);
            }),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
        [new("laprop", LaProp.Of(0.1), 500)];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [LaProp.Of(0.1, epsilon: 0)];

    public override ImmutableArray<Optimizer> WithMeanOfSquares => [LaProp.Of(0.1)];

    public override ImmutableArray<Optimizer> CountingUpdates => [LaProp.Of(1e-3)];

    private static LaProp Timms(JsonElement options)
    {
        (double beta1, double beta2) = options.Pair("betas", (0.9, 0.999));
        return LaProp.Of(
            options.Rate(0.0004), beta1, beta2, options.Option("eps", 1e-15), options.Option("weight_decay", 0),
            decayForm: options.DecayForm());
    }
}
