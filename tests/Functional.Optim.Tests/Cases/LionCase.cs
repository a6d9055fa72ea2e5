using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Laws.OptimizerLaws;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Lion"/>.</summary>
internal sealed class LionCase : OptimizerCase
{
    public override string Entry => "lion";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("Lion", Lion.Of(ExactFormula.Rate), [0],
            (_, theta, g, slots) =>
            {
                decimal direction = slots[0];
                theta -= ExactRate * Math.Sign(Mean(ref direction, 0.9, g));
                Mean(ref slots[0], 0.99, g);
                return theta;
            },
            (1, 8), (1, 8)),
    ];

    public override ImmutableArray<string> Keeps =>
        [nameof(BiasCorrection), nameof(ScaleInvariance), nameof(BoundedStep)];

    public override ImmutableArray<Variant> Variants =>
    [
        new("lion with decay", Lion.Of(0.01, 0.5, 0.9, weightDecay: 0.1, decay: Matrices))
        {
            Keeps = [nameof(ScaleInvariance), nameof(BoundedStep)],
        },
        new("lion with cautious decay", Lion.Of(0.01, weightDecay: 0.5, decayForm: DecayForm.Cautious))
        {
            Keeps = [nameof(ScaleInvariance), nameof(BoundedStep)],
        },
        new(
            "lion with corrected decay",
            Lion.Of(Schedule.Cosine(0.1, 10), weightDecay: 0.5, decayForm: DecayForm.Corrected))
        {
            Keeps = [nameof(ScaleInvariance), nameof(BoundedStep)],
        },
        new("lion with independent decay", Lion.Of(0.01, weightDecay: 0.1, decayForm: DecayForm.Independent))
        {
            Keeps = [nameof(ScaleInvariance)],
        },
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("lion", golden =>
        {
            JsonElement options = golden.GetProperty("kwargs");
            (double beta1, double beta2) = options.Pair("betas", (0.9, 0.99));
            return Lion.Of(
                options.Rate(1e-4), beta1, beta2, options.Option("weight_decay", 0),
                maximize: options.Flag("maximize"), decayForm: options.DecayForm());
        })
        {
            Slots = [("exp_avg", "m")],
        },
    ];

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("lion", Lion.Of(Rate, 0.6, 0.8, Decay), [0], (_, theta, g, s) =>
            theta - (Rate * (Direction(g, s) + (Decay * theta)))),
        new(
            "lion with cautious decay", Lion.Of(Rate, 0.6, 0.8, Decay, decayForm: DecayForm.Cautious), [0],
            (_, theta, g, s) =>
            {
                double direction = Direction(g, s);
                return theta - (Rate * (direction + (direction * theta >= 0 ? Decay * theta : 0)));
            }),
        new(
            "lion with corrected decay",
            Lion.Of(Schedule.LinearWarmup(Rate, 50), 0.6, 0.8, Decay, decayForm: DecayForm.Corrected), [0],
            (t, theta, g, s) =>
            {
                double rate = Rate * Math.Min(t / 50.0, 1);
                return theta - (rate * (Direction(g, s) + (rate / Rate * Decay * theta)));
            }),
        new(
            "lion with independent decay", Lion.Of(Rate, 0.6, 0.8, Decay, decayForm: DecayForm.Independent), [0],
            (_, theta, g, s) => theta - (Rate * Direction(g, s)) - (Decay * theta)),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => Lion.Of(1, weightDecay: -1), "Lion: weightDecay is -1; allowed is finite and not negative."),
        (() => Lion.Of(Custom, decayForm: DecayForm.Corrected),
            $"Lion: learningRate is {Custom}; allowed is a schedule that tells its largest rate, "
            + "or a maxRate of AdamC."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new("lion, whose rate has to fall", Lion.Of(Schedule.WarmupCosine(0.1, 1, 4000)), 4000),
    ];

    private static readonly Schedule Custom = Schedule.Of(_ => 1);

    private static double Direction(double g, Span<double> s)
    {
        double direction = Math.Sign((0.6 * s[0]) + (0.4 * g));
        s[0] = (0.8 * s[0]) + (0.2 * g);
        return direction;
    }
}
