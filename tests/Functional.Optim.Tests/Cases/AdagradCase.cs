using System.Collections.Immutable;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Laws.OptimizerLaws;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Adagrad"/>.</summary>
internal sealed class AdagradCase : OptimizerCase
{
    public override string Entry => "adagrad";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("Adagrad", Adagrad.Of(ExactFormula.Rate), [0],
            (_, theta, g, slots) =>
                theta - (ExactRate * g / (Sqrt(slots[0] += g * g) + Of(1e-10))),
            (25, 15), (20, 40)),
    ];

    public override ImmutableArray<string> Keeps => [nameof(BoundedStep)];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "adagrad with a falling rate and L2",
            Adagrad.Of(0.1, learningRateDecay: 0.1, initialAccumulator: 0.1, weightDecay: 0.1))
        {
            Keeps = [nameof(BoundedStep)],
        },
        new("adagrad without epsilon, up", Adagrad.Of(0.1, epsilon: 0, maximize: true))
        {
            Keeps = [nameof(ScaleInvariance)],
        },
    ];

    public override TorchGolden Torch => new("adagrad", options => Adagrad.Of(
        options.Option("lr"), options.Option("lr_decay", 0), options.Option("initial_accumulator_value", 0),
        weightDecay: options.Option("weight_decay", 0)))
    {
        Slots = [("sum", "sum")],
    };

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("adagrad with both epsilons", Adagrad.Of(Rate, 0.5, 0.2, 0.1, 0.3), [0.2], (t, theta, g, s) =>
        {
            s[0] += g * g;
            return theta - (Rate / (1 + (0.5 * (t - 1))) * g / (Math.Sqrt(s[0] + 0.3) + 0.1));
        }),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (
            () => Adagrad.Of(0.1, double.NaN, -1),
            "Adagrad: learningRateDecay is NaN; allowed is finite and not negative; "
            + "initialAccumulator is -1; allowed is finite and not negative."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new("adagrad", Adagrad.Of(5), 40),
        new("adagrad with a falling rate", Adagrad.Of(5, learningRateDecay: 0.01), 50),
    ];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [Adagrad.Of(0.1, epsilon: 0)];
}
