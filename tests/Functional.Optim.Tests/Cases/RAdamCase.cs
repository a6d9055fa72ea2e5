using System.Collections.Immutable;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="RAdam"/>.</summary>
internal sealed class RAdamCase : OptimizerCase
{
    public override string Entry => "rAdam";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("RAdam", RAdam.Of(ExactFormula.Rate), [0, 0],
            (step, theta, g, slots) =>
            {
                decimal m = Corrected(Mean(ref slots[0], 0.9, g), 0.9, step), v = Mean(ref slots[1], 0.999, g * g),
                    power = Power(Of(0.999), step), limit = (2 / (1 - Of(0.999))) - 1,
                    rho = limit - (2 * step * power / (1 - power));
                if (rho <= 5) return theta - (ExactRate * m);
                decimal squared = (rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho);
                return theta - (ExactRate * Sqrt(squared * (1 - power)) * m / (Sqrt(v) + Of(1e-8)));
            },
            (30, 15), (25, 20)),
    ];

    public override ImmutableArray<Variant> Variants =>
    [
        new("radam with L2", RAdam.Of(0.01, 0.5, 0.5, weightDecay: 0.1)),
        new(
            "radam with decoupled decay",
            RAdam.Of(0.01, 0.9, 0.95, threshold: 4, weightDecay: 0.1, decoupledDecay: true)),
    ];

    public override TorchGolden Torch => new("radam", options => RAdam.Of(
        options.Option("lr"), options.Pair("betas", (0.9, 0.999)).First, options.Pair("betas", (0.9, 0.999)).Second))
    {
        Slots = [("exp_avg", "m"), ("exp_avg_sq", "v")],
    };

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("radam", RAdam.Of(Rate, 0.7, 0.9, 0.1, weightDecay: Decay), [0, 0], (t, theta, g, s) =>
            theta - (Rate * Direction(t, g + (Decay * theta), s, threshold: 5))),
        new(
            "radam, decoupled", RAdam.Of(Rate, 0.7, 0.9, 0.1, threshold: 4, Decay, decoupledDecay: true), [0, 0],
            (t, theta, g, s) =>
                (theta * (1 - (Rate * Decay))) - (Rate * Direction(t, g, s, threshold: 4))),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => RAdam.Of(1, threshold: 3), "RAdam: threshold is 3; allowed is 4 or more."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new("radam", RAdam.Of(0.1), 520),
    ];

    public override ImmutableArray<ConvergenceCase> Valley =>
    [
        new("radam", RAdam.Of(Schedule.WarmupCosine(0.001, 1, 20_000)), 15_000),
    ];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [RAdam.Of(0.1, 0.9, 0.9, epsilon: 0)];

    public override ImmutableArray<Optimizer> WithMeanOfSquares => [RAdam.Of(0.1)];

    public override ImmutableArray<Optimizer> CountingUpdates => [RAdam.Of(1e-3)];

    private static double Direction(long t, double g, Span<double> s, double threshold)
    {
        s[0] = (0.7 * s[0]) + (0.3 * g);
        s[1] = (0.9 * s[1]) + (0.1 * g * g);
        double mean = s[0] / (1 - Math.Pow(0.7, t)), correction = 1 - Math.Pow(0.9, t);
        double limit = 19, rho = limit - (2 * t * Math.Pow(0.9, t) / correction);
        if (rho <= threshold) return mean;
        double rectification = Math.Sqrt((rho - 4) * (rho - 2) * limit / ((limit - 4) * (limit - 2) * rho));
        return mean * rectification * Math.Sqrt(correction) / (Math.Sqrt(s[1]) + 0.1);
    }
}
