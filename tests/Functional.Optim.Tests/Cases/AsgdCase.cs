using System.Collections.Immutable;
using Functional.Optim.Kernels;
using Functional.Optim.Tests.Golden;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Laws.OptimizerLaws;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Asgd"/>.</summary>
internal sealed class AsgdCase : OptimizerCase
{
    public override string Entry => "asgd";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("Asgd", Asgd.Of(ExactFormula.Rate), [0],
            (step, theta, g, slots) =>
            {
                decimal fall = Sqrt(1 + (Of(1e-4) * ExactRate * (step - 1)));
                return slots[0] = theta - (ExactRate / (fall * Sqrt(fall)) * (g + (Of(1e-4) * theta)));
            },
            (40, 40), (20, 20)),
    ];

    public override ImmutableArray<(string Law, string Reason)> Unbroken =>
    [
        (nameof(RateMultiplier), "the average after the rate changes no update"),
        (nameof(DecoupledDecay), "the average after the decay changes no update"),
    ];

    public override ImmutableArray<Variant> Variants =>
    [
        new("asgd that averages soon", Asgd.Of(0.1, lambda: 0.01, alpha: 0.1, averageAfter: 0, weightDecay: 0.1))
        {
            Unbroken =
            [
                (nameof(RateMultiplier), "the average after the rate changes no update"),
                (nameof(DecoupledDecay), "the average after the decay changes no update"),
            ],
        },
    ];

    public override TorchGolden Torch => new("asgd", options => Asgd.Of(
        options.Option("lr"), options.Option("lambd", 1e-4), averageAfter: (long)options.Option("t0", 1e6)))
    {
        Slots = [("ax", "average")],
        // Both are those of the next update there.
        Numbers =
        [
            ("eta", (asgd, step) => asgd.LearningRateAt(step + 1)),
            ("mu", (asgd, step) => AsgdSteps.AverageWeight(((Asgd)asgd).AverageAfter, step + 1)),
        ],
        EffectOfFloat = 1e-8,
    };

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("asgd", Asgd.Of(Schedule.LinearWarmup(Rate, 10), 0.3, 0.5, 4, Decay), theta => [theta], (t, theta, g, s) =>
        {
            double rate = Rate * Math.Min(t / 10.0, 1);
            double moved = (theta * (1 - (rate / Math.Pow(1 + (0.3 * rate * (t - 1)), 0.5) * 0.3)))
                - (rate / Math.Pow(1 + (0.3 * rate * (t - 1)), 0.5) * (g + (Decay * theta)));
            s[0] += (moved - s[0]) / Math.Max(1, t - 5);
            return moved;
        }),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (
            () => Asgd.Of(1, -1, double.NaN, -1),
            "Asgd: lambda is -1; allowed is finite and not negative; alpha is NaN; allowed is finite and not negative; "
            + "averageAfter is -1; allowed is 0 or more."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new("asgd", Asgd.Of(0.1, lambda: 0), 80),
    ];
}
