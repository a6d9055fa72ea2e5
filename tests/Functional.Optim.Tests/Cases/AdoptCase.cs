using System.Collections.Immutable;
using System.Text.Json;
using Functional.Optim.Laws;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Adopt"/>.</summary>
internal sealed class AdoptCase : OptimizerCase
{
    public override string Entry => "adopt";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("Adopt", Adopt.Of(ExactFormula.Rate), [0, 0],
            (step, theta, g, slots) =>
            {
                decimal limit = Sqrt(Sqrt(step - 1)), n = g / Math.Max(Sqrt(slots[1]), Of(1e-6));
                if (step > 1) theta -= ExactRate * Mean(ref slots[0], 0.9, Math.Clamp(n, -limit, limit));
                if (step == 1) slots[1] = g * g;
                else Mean(ref slots[1], 0.9999, g * g);
                return theta;
            },
            (25, 20), (25, 25)),
    ];

    public override ImmutableArray<(string Law, string Reason)> Unbroken =>
    [
        (nameof(OptimizerLaws.ScaleInvariance), "it takes gradients below ε to break it"),
        (nameof(OptimizerLaws.BoundedStep), "it takes more updates until the limit, which grows, is above 1"),
    ];

    public override ImmutableArray<Variant> Variants =>
    [
        new("adopt with an L2 penalty, without a limit", Adopt.Of(
            0.01, 0.5, 0.9, clipExponent: double.PositiveInfinity, weightDecay: 0.1)),
        new(
            "adopt with decoupled decay, up",
            Adopt.Of(0.01, beta2: 0.9, weightDecay: 0.1, decay: Matrices, decoupledDecay: true, maximize: true))
        {
            Unbroken = Unbroken,
        },
        new(
            "adopt with independent decay",
            Adopt.Of(
                Schedule.Cosine(0.1, 10), weightDecay: 0.1, decoupledDecay: true, decayForm: DecayForm.Independent))
        {
            Unbroken = Unbroken[..1],
        },
        new(
            "adopt in a composition",
            Clip.ByValue(1).Then(Adopt.Scaling(0.5, 0.9, clipExponent: 0)).Then(WeightDecay.Decoupled(0.1))
                .Then(LearningRate.Of(0.1)))
        {
            Keeps = [nameof(OptimizerLaws.BoundedStep)],
        },
    ];

    public override ImmutableArray<PublishedGolden> Published =>
    [
        new("adopt", golden =>
            Build(golden.GetProperty("kwargs"), isTimms: golden.GetProperty("source").GetInt32() == 1))
        {
            Slots = [("exp_avg", "m"), ("exp_avg_sq", "v")],
        },
    ];

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new(
            "adopt whose first update does not decay either",
            Adopt.Of(Rate, 0.6, 0.8, 0.3, 0.1, Decay, decoupledDecay: true), [0, 0], (t, theta, g, s) =>
                t == 1 ? theta + First(g, s) : theta - (Rate * (Direction(t, g, s) + (Decay * theta)))),
        new(
            "adopt with independent decay",
            Adopt.Of(
                Rate, 0.6, 0.8, 0.3, 0.1, Decay, decoupledDecay: true, decayForm: DecayForm.Independent), [0, 0],
            (t, theta, g, s) =>
                t == 1 ? theta + First(g, s) : theta - (Rate * Direction(t, g, s)) - (Decay * theta)),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => Adopt.Of(1, clipExponent: -1), "Adopt: clipExponent is -1; allowed is 0 or more."),
        (() => Adopt.Of(1, decayForm: DecayForm.Cautious), "Adopt: decayForm is Cautious; allowed is Scaled."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola => [new("adopt", Adopt.Of(0.1), 1700)];

    public override ImmutableArray<ConvergenceCase> Valley =>
    [
        new("adopt", Adopt.Of(Schedule.WarmupCosine(0.02, 1, 10_000), beta2: 0.99), 9600),
    ];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [Adopt.Of(0.1, epsilon: 0)];

    public override ImmutableArray<Optimizer> CountingUpdates => [Adopt.Of(1e-3)];

    private static Adopt Build(JsonElement options, bool isTimms)
    {
        (double beta1, double beta2) = options.Pair("betas", (0.9, 0.9999));
        (string name, double usual) = isTimms ? ("clip_exp", 0.333) : ("clip", 0.25);
        bool hasNoLimit = options.TryGetProperty(name, out JsonElement power) && power.ValueKind == JsonValueKind.Null;
        return Adopt.Of(
            options.Rate(1e-3), beta1, beta2, options.Option("eps", 1e-6),
            hasNoLimit ? double.PositiveInfinity : options.Option(name, usual), options.Option("weight_decay", 0),
            decoupledDecay: options.Flag("decouple") || options.Flag("decoupled"), maximize: options.Flag("maximize"),
            decayForm: options.DecayForm());
    }

    /// <summary>The first update: v, and no move.</summary>
    private static double First(double g, Span<double> s)
    {
        s[1] = g * g;
        return 0;
    }

    private static double Direction(long t, double g, Span<double> s)
    {
        double limit = Math.Pow(t - 1, 0.1);
        s[0] = (0.6 * s[0]) + (0.4 * Math.Clamp(g / Math.Max(Math.Sqrt(s[1]), 0.3), -limit, limit));
        s[1] = (0.8 * s[1]) + (0.2 * g * g);
        return s[0];
    }
}
