using System.Collections.Immutable;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="NAdam"/>.</summary>
internal sealed class NAdamCase : OptimizerCase
{
    public override string Entry => "nAdam";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("NAdam", NAdam.Of(ExactFormula.Rate), [0, 0],
            (step, theta, g, slots) =>
            {
                decimal m = Mean(ref slots[0], 0.9, g),
                    v = Corrected(Mean(ref slots[1], 0.999, g * g), 0.999, step), next = ExactMomentum(step + 1);
                decimal move = ((1 - ExactMomentum(step)) / (1 - ExactProduct(step)) * g)
                    + (next / (1 - ExactProduct(step + 1)) * m);
                return theta - (ExactRate * move / (Sqrt(v) + Of(1e-8)));
            },
            (20, 15), (20, 20)),
    ];

    public override ImmutableArray<Variant> Variants =>
    [
        new("nadam with L2", NAdam.Of(0.01, 0.5, 0.9, epsilon: 0, momentumDecay: 0, weightDecay: 0.1)),
        new(
            "nadam with decoupled decay, up",
            NAdam.Of(0.01, momentumDecay: 1, weightDecay: 0.1, decoupledDecay: true, maximize: true)),
    ];

    public override TorchGolden Torch => new("nadam", options =>
        NAdam.Of(options.Option("lr"), weightDecay: options.Option("weight_decay", 0), asTorchBefore2: true))
    {
        Slots = [("exp_avg", "m"), ("exp_avg_sq", "v")],
        // After 50 updates the product of momenta is far below what 1 minus it can hold: only θ has seen it.
        Numbers = [("mu_product", (_, _) => null)],
        EffectOfFloat = 3e-11,
    };

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("nadam", NAdam.Of(Rate, 0.7, 0.8, 0.1, momentumDecay: 2, weightDecay: Decay), [0, 0], (t, theta, g, s) =>
            theta - (Rate * Direction(t, g + (Decay * theta), s, repeated: 0))),
        new(
            "nadam, decoupled", NAdam.Of(Rate, 0.7, 0.8, 0.1, 2, Decay, decoupledDecay: true), [0, 0],
            (t, theta, g, s) =>
                (theta * (1 - (Rate * Decay))) - (Rate * Direction(t, g, s, repeated: 0))),
        new("nadam of torch 1", NAdam.Of(Rate, 0.7, 0.8, 0.1, 2, asTorchBefore2: true), [0, 0], (t, theta, g, s) =>
            theta - (Rate * Direction(t, g, s, repeated: 1))),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => NAdam.Scaling(momentumDecay: -1), "NAdam: momentumDecay is -1; allowed is finite and not negative."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new("nadam", NAdam.Of(0.1), 630),
    ];

    public override ImmutableArray<ConvergenceCase> Valley =>
    [
        new("nadam", NAdam.Of(Schedule.WarmupCosine(0.02, 1, 10_000)), 8500),
    ];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [NAdam.Of(0.1, epsilon: 0)];

    public override ImmutableArray<Optimizer> WithMeanOfSquares => [NAdam.Of(0.1)];

    public override ImmutableArray<Optimizer> CountingUpdates => [NAdam.Of(1e-3)];

    private static double Direction(long t, double g, Span<double> s, int repeated)
    {
        static double Mu(long t) => 0.7 * (1 - (0.5 * Math.Pow(0.96, t * 2)));
        double product = Enumerable.Range(1, (int)t).Aggregate(1.0, (all, i) => all * Mu(i));
        s[0] = (0.7 * s[0]) + (0.3 * g);
        s[1] = (0.8 * s[1]) + (0.2 * g * g);
        double ahead = (Mu(t + 1) * s[0] / (1 - (product * Mu(t + 1) * Math.Pow(Mu(t), repeated))))
            + ((1 - Mu(t)) * g / (1 - product));
        return ahead / (Math.Sqrt(s[1] / (1 - Math.Pow(0.8, t))) + 0.1);
    }

    private static readonly decimal ExactRatio = Exp(Of(0.004) * Log(Of(0.96)));

    private static readonly List<decimal> ExactProducts = [1];

    /// <summary>μ_t.</summary>
    private static decimal ExactMomentum(int step) => Of(0.9) * (1 - (Power(ExactRatio, step) / 2));

    /// <summary>Π_t.</summary>
    private static decimal ExactProduct(int step)
    {
        while (ExactProducts.Count <= step) ExactProducts.Add(ExactProducts[^1] * ExactMomentum(ExactProducts.Count));
        return ExactProducts[step];
    }
}
