using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="AdamC"/>.</summary>
internal sealed class AdamCCase : OptimizerCase
{
    public override string Entry => "adamC";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("AdamC", AdamC.Of(ExactFormula.Rate), [0, 0],
            (step, theta, g, slots) => theta - (ExactRate * (AdamMove(step, g, slots) + (Of(0.01) * theta))),
            (20, 15), (20, 20)),
    ];

    public override string RemembersSettings => "its decay goes by the largest rate of the schedule";

    public override ImmutableArray<Variant> Variants =>
    [
        new("adamc with a rate that falls", AdamC.Of(Schedule.Cosine(0.1, 10), 0.7, 0.9, weightDecay: 0.5)),
        new(
            "adamc with a largest rate, for matrices, up",
            AdamC.Of(
                Schedule.Chained(Schedule.LinearWarmup(0.1, 3), Schedule.Cosine(1, 10)), weightDecay: 0.5,
                decay: Matrices, maxRate: 0.2, amsGrad: AmsGrad.OfMoment, maximize: true)),
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("adamc", golden => Timms(golden.GetProperty("kwargs")))
        {
            Slots = [("exp_avg", "m"), ("exp_avg_sq", "v")],
        },
    ];

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new(
            "adamc, while the rate rises", AdamC.Of(Schedule.LinearWarmup(Rate, 50), 0, 0.8, 0.1, Decay), [0, 0],
            (t, theta, g, s) => Corrected(t, theta, g, s, Rate * t / 50, Rate)),
        new(
            "adamc with a largest rate", AdamC.Of(Rate, 0, 0.8, 0.1, Decay, maxRate: 4 * Rate), [0, 0],
            (t, theta, g, s) => Corrected(t, theta, g, s, Rate, 4 * Rate)),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => AdamC.Of(1, maxRate: 0), "AdamC: maxRate is 0; allowed is finite and positive."),
        (() => AdamC.Of(Schedule.Cosine(0.1, 10), maxRate: 0.05), TooSmall),
        (() => Catalogue.Build("adamC(learningRate=cosine(peak=0.1, totalSteps=10), maxRate=0.05)").OrThrow("AdamC"),
            TooSmall),
        (() => AdamC.Of(Custom),
            $"AdamC: learningRate is {Custom}; allowed is a schedule that tells its largest rate, "
            + "or a maxRate of AdamC."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola => [new("adamc", AdamC.Of(0.1, weightDecay: 0), 530)];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [AdamC.Of(0.1, epsilon: 0, weightDecay: 0)];

    public override ImmutableArray<Optimizer> CountingUpdates => [AdamC.Of(1e-3, weightDecay: 0)];

    private const string TooSmall =
        "AdamC: maxRate is 0.05; allowed is 0.1 or more, the largest rate of the schedule.";

    private static readonly Schedule Custom = Schedule.Of(_ => 1);

    private static AdamOptimizer Timms(JsonElement options)
    {
        (double beta1, double beta2) = options.Pair("betas", (0.9, 0.999));
        double epsilon = options.Option("eps", 1e-8), decay = options.Option("weight_decay", 0.01);
        AmsGrad amsGrad = options.Flag("amsgrad") ? AmsGrad.OfMoment : AmsGrad.Off;
        return options.Flag("corrected_weight_decay")
            ? AdamC.Of(
                options.Rate(1e-3), beta1, beta2, epsilon, decay, amsGrad: amsGrad, maximize: options.Flag("maximize"))
            : AdamW.Of(
                options.Rate(1e-3), beta1, beta2, epsilon, decay, amsGrad: amsGrad, maximize: options.Flag("maximize"));
    }

    private static double Corrected(long t, double theta, double g, Span<double> s, double rate, double maxRate)
    {
        s[0] = g;
        s[1] = (0.8 * s[1]) + (0.2 * g * g);
        double u = g / (Math.Sqrt(s[1] / (1 - Math.Pow(0.8, t))) + 0.1);
        return theta - (rate * (u + (rate / maxRate * Decay * theta)));
    }
}
