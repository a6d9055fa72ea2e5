using System.Collections.Immutable;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Laws.OptimizerLaws;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Adamax"/>.</summary>
internal sealed class AdamaxCase : OptimizerCase
{
    public override string Entry => "adamax";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("Adamax", Adamax.Of(ExactFormula.Rate), [0, 0],
            (step, theta, g, slots) =>
            {
                decimal m = Corrected(Mean(ref slots[0], 0.9, g), 0.9, step);
                slots[1] = Math.Max(Of(0.999) * slots[1], Math.Abs(g) + Of(1e-8));
                return theta - (ExactRate * m / slots[1]);
            },
            (25, 8), (25, 5)),
    ];

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];

    public override ImmutableArray<(string Law, string Reason)> Unbroken =>
    [
        (nameof(BoundedStep), "its ε keeps each step below the bound"),
    ];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "adamax without epsilon, with L2, up",
            Adamax.Of(0.01, 0.5, 0.9, epsilon: 0, weightDecay: 0.1, maximize: true)),
    ];

    public override TorchGolden Torch => new("adamax", options =>
        Adamax.Of(options.Option("lr"), weightDecay: options.Option("weight_decay", 0)))
    {
        Slots = [("exp_avg", "m"), ("exp_inf", "norm")],
    };

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("adamax", Adamax.Of(Rate, 0.7, 0.8, 0.1), [0, 0], (t, theta, g, s) =>
        {
            s[0] = (0.7 * s[0]) + (0.3 * g);
            s[1] = Math.Max(0.8 * s[1], Math.Abs(g) + 0.1);
            return theta - (Rate / (1 - Math.Pow(0.7, t)) * s[0] / s[1]);
        }),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => Adamax.Of(1, beta2: 1), "Adamax: beta2 is 1; allowed is in [0, 1)."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new("adamax", Adamax.Of(0.2), 510),
    ];

    public override ImmutableArray<ConvergenceCase> Valley =>
    [
        new("adamax", Adamax.Of(Schedule.WarmupCosine(0.02, 1, 10_000)), 6500),
    ];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [Adamax.Of(0.1, epsilon: 0)];

    public override ImmutableArray<Optimizer> CountingUpdates => [Adamax.Of(1e-3)];
}
