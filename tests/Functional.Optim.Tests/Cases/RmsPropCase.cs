using System.Collections.Immutable;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="RmsProp"/>.</summary>
internal sealed class RmsPropCase : OptimizerCase
{
    public override string Entry => "rmsProp";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("RmsProp", RmsProp.Of(ExactFormula.Rate), [0],
            (_, theta, g, slots) =>
                theta - (ExactRate * g / (Sqrt(Mean(ref slots[0], 0.99, g * g)) + Of(1e-8))),
            (20, 8), (20, 8)),
        new("RmsProp, centered", RmsProp.Of(ExactFormula.Rate, centered: true), [0, 0],
            (_, theta, g, slots) =>
            {
                decimal v = Mean(ref slots[0], 0.99, g * g), a = Mean(ref slots[1], 0.99, g);
                return theta - (ExactRate * g / (Sqrt(v - (a * a)) + Of(1e-8)));
            },
            (25, 8), (20, 8)),
    ];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "rmsprop, centered, with momentum and L2",
            RmsProp.Of(0.01, centered: true, momentum: 0.9, weightDecay: 0.1)),
        new(
            "rmsprop with epsilon under the root, and momentum, up",
            RmsProp.Of(0.01, 0.9, 0, 1e-8, momentum: 0.5, maximize: true)),
    ];

    public override TorchGolden Torch => new("rmsprop", options => RmsProp.Of(
        options.Option("lr"), centered: options.Flag("centered"), momentum: options.Option("momentum", 0),
        weightDecay: options.Option("weight_decay", 0)))
    {
        Slots = [("square_avg", "v"), ("grad_avg", "mean"), ("momentum_buffer", "momentum")],
    };

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("rmsprop with both epsilons", RmsProp.Of(Rate, 0.8, 0.1, 0.3), [0], (_, theta, g, s) =>
        {
            s[0] = (0.8 * s[0]) + (0.2 * g * g);
            return theta - (Rate * g / (Math.Sqrt(s[0] + 0.3) + 0.1));
        }),
        new(
            "rmsprop, centered, with momentum", RmsProp.Of(Rate, 0.8, 0.1, 0.3, true, 0.7), [0, 0, 0],
            (_, theta, g, s) =>
            {
                s[0] = (0.8 * s[0]) + (0.2 * g * g);
                s[1] = (0.8 * s[1]) + (0.2 * g);
                s[2] = (0.7 * s[2]) + (g / (Math.Sqrt(s[0] - (s[1] * s[1]) + 0.3) + 0.1));
                return theta - (Rate * s[2]);
            }),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (
            () => RmsProp.Of(null!, alpha: 1, momentum: 1),
            "RmsProp: learningRate is null; allowed is a schedule; alpha is 1; allowed is in [0, 1); momentum is 1; "
            + "allowed is in [0, 1)."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new("rmsprop", RmsProp.Of(0.01), 1800),
        new("rmsprop, centered", RmsProp.Of(0.01, centered: true), 1300),
        new("rmsprop with momentum", RmsProp.Of(Schedule.WarmupCosine(0.01, 1, 1000), momentum: 0.9), 340),
    ];

    public override ImmutableArray<ConvergenceCase> Valley =>
    [
        new("rmsprop with momentum", RmsProp.Of(Schedule.WarmupCosine(0.001, 1, 10_000), momentum: 0.9), 10_000),
    ];

    public override ImmutableArray<Optimizer> WithoutEpsilon =>
    [
        RmsProp.Of(0.1, epsilon: 0),
        RmsProp.Of(0.1, epsilon: 0, centered: true),
    ];

    public override ImmutableArray<Optimizer> WithMeanOfSquares => [RmsProp.Of(0.1), RmsProp.Of(0.1, centered: true)];
}
