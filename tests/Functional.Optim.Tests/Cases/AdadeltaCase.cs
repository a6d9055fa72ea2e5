using System.Collections.Immutable;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Laws.OptimizerLaws;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Adadelta"/>.</summary>
internal sealed class AdadeltaCase : OptimizerCase
{
    public override string Entry => "adadelta";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("Adadelta", Adadelta.Of(ExactFormula.Rate), [0, 0],
            (_, theta, g, slots) =>
            {
                decimal v = Mean(ref slots[0], 0.9, g * g);
                decimal d = g * Sqrt((slots[1] + Of(1e-6)) / (v + Of(1e-6)));
                Mean(ref slots[1], 0.9, d * d);
                return theta - (ExactRate * d);
            },
            (25, 25), (25, 25)),
    ];

    public override ImmutableArray<(string Law, string Reason)> Unbroken =>
    [
        (nameof(BoundedStep), "in three steps its own unit is far below the bound"),
    ];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "adadelta with L2",
            Adadelta.Of(Schedule.LinearWarmup(10, 3), rho: 0.5, epsilon: 1e-3, weightDecay: 0.1))
        {
            Unbroken = [(nameof(BoundedStep), "in three steps its own unit is far below the bound")],
        },
    ];

    public override TorchGolden Torch => new("adadelta", options =>
        Adadelta.Of(options.Option("lr"), weightDecay: options.Option("weight_decay", 0)))
    {
        Slots = [("square_avg", "v"), ("acc_delta", "delta")],
    };

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("adadelta", Adadelta.Of(Rate, 0.6, 0.2), [0, 0], (_, theta, g, s) =>
        {
            s[0] = (0.6 * s[0]) + (0.4 * g * g);
            double delta = Math.Sqrt(s[1] + 0.2) / Math.Sqrt(s[0] + 0.2) * g;
            s[1] = (0.6 * s[1]) + (0.4 * delta * delta);
            return theta - (Rate * delta);
        }),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => Adadelta.Of(1, epsilon: 0), "Adadelta: epsilon is 0; allowed is finite and positive."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new("adadelta", Adadelta.Of(1), 2200),
    ];

    public override ImmutableArray<Optimizer> WithMeanOfSquares => [Adadelta.Of(1)];
}
