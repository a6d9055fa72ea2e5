using System.Collections.Immutable;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="AdaBelief"/>.</summary>
internal sealed class AdaBeliefCase : OptimizerCase
{
    public override string Entry => "adaBelief";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("AdaBelief", AdaBelief.Of(ExactFormula.Rate), [0, 0],
            (step, theta, g, slots) =>
            {
                decimal m = Mean(ref slots[0], 0.9, g);
                decimal s = Mean(ref slots[1], 0.999, (g - m) * (g - m)) + Of(1e-16);
                slots[1] = s;
                return theta - (ExactRate * Corrected(m, 0.9, step) / (Sqrt(Corrected(s, 0.999, step)) + Of(1e-16)));
            },
            (30, 12), (25, 12)),
    ];

    public override ImmutableArray<Variant> Variants =>
    [
        new("adabelief with L2", AdaBelief.Of(0.01, 0.5, 0.9, epsilon: 1e-8, epsilonRoot: 0, weightDecay: 0.1)),
        new("adabelief with decoupled decay", AdaBelief.Of(0.01, weightDecay: 0.1, decoupledDecay: true)),
    ];

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("adabelief", AdaBelief.Of(Rate, 0.7, 0.8, 0.1, 0.3, Decay), [0, 0], (t, theta, g, s) =>
            theta - (Rate * Direction(t, g + (Decay * theta), s))),
        new(
            "adabelief, decoupled", AdaBelief.Of(Rate, 0.7, 0.8, 0.1, 0.3, Decay, decoupledDecay: true), [0, 0],
            (t, theta, g, s) =>
                (theta * (1 - (Rate * Decay))) - (Rate * Direction(t, g, s))),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (
            () => AdaBelief.Scaling(epsilonRoot: -1),
            "AdaBelief: epsilonRoot is -1; allowed is finite and not negative."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new("adabelief", AdaBelief.Of(0.1), 360),
    ];

    public override ImmutableArray<ConvergenceCase> Valley =>
    [
        new("adabelief", AdaBelief.Of(Schedule.WarmupCosine(0.01, 1, 10_000)), 6600),
    ];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [AdaBelief.Of(0.1, epsilon: 0, epsilonRoot: 0)];

    public override ImmutableArray<Optimizer> WithMeanOfSquares => [AdaBelief.Of(0.1)];

    public override ImmutableArray<Optimizer> CountingUpdates => [AdaBelief.Of(1e-3)];

    private static double Direction(long t, double g, Span<double> s)
    {
        s[0] = (0.7 * s[0]) + (0.3 * g);
        s[1] = (0.8 * s[1]) + (0.2 * Math.Pow(g - s[0], 2)) + 0.3;
        return s[0] / (1 - Math.Pow(0.7, t)) / (Math.Sqrt(s[1] / (1 - Math.Pow(0.8, t))) + 0.1);
    }
}
