using System.Collections.Immutable;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Laws.OptimizerLaws;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Yogi"/>.</summary>
internal sealed class YogiCase : OptimizerCase
{
    public override string Entry => "yogi";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("Yogi", Yogi.Of(ExactFormula.Rate), [0, 0],
            (_, theta, g, slots) =>
            {
                decimal m = Mean(ref slots[0], 0.9, g);
                slots[1] -= (1 - Of(0.999)) * Math.Sign(slots[1] - (g * g)) * g * g;
                return theta - (ExactRate * m / (Sqrt(slots[1]) + Of(1e-3)));
            },
            (20, 20), (20, 20)),
    ];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "yogi as in Optax, with L2",
            Yogi.Of(0.01, initialAccumulator: 1e-6, biasCorrection: true, weightDecay: 0.1))
        {
            Unbroken = [(nameof(BoundedStep), "its ε keeps each step below the bound")],
        },
    ];

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("yogi", Yogi.Of(Rate, 0.7, 0.8, 0.1), [0, 0], (_, theta, g, s) =>
        {
            Moments(g, s);
            return theta - (Rate * s[0] / (Math.Sqrt(s[1]) + 0.1));
        }),
        new("yogi with bias correction", Yogi.Of(Rate, 0.7, 0.8, 0.1, 0.5, true, Decay), [0, 0.5], (t, theta, g, s) =>
        {
            Moments(g + (Decay * theta), s);
            return theta - (Rate * s[0] / (1 - Math.Pow(0.7, t)) / (Math.Sqrt(s[1] / (1 - Math.Pow(0.8, t))) + 0.1));
        }),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => Yogi.Of(1, beta1: -1), "Yogi: beta1 is -1; allowed is in [0, 1)."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new("yogi", Yogi.Of(0.1), 330),
        new("yogi as in Optax", Yogi.Of(0.1, initialAccumulator: 1e-6, biasCorrection: true), 580),
    ];

    public override ImmutableArray<ConvergenceCase> Valley =>
    [
        new("yogi", Yogi.Of(Schedule.WarmupCosine(0.1, 1, 10_000)), 3900),
    ];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [Yogi.Of(0.1, epsilon: 0)];

    public override ImmutableArray<Optimizer> WithMeanOfSquares => [Yogi.Of(0.1)];

    public override ImmutableArray<Optimizer> CountingUpdates => [Yogi.Of(1e-3, biasCorrection: true)];

    private static void Moments(double g, Span<double> s)
    {
        s[0] = (0.7 * s[0]) + (0.3 * g);
        s[1] -= 0.2 * Math.Sign(s[1] - (g * g)) * g * g;
    }
}
