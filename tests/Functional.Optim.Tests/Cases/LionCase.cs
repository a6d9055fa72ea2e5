using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;
using static Functional.Optim.Tests.Cases.FormulaCase;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Lion"/>.</summary>
internal sealed class LionCase : OptimizerCase
{
    public override string Entry => "lion";

    public override ImmutableArray<string> Keeps =>
        [nameof(BiasCorrection), nameof(ScaleInvariance), nameof(BoundedStep)];

    public override ImmutableArray<Variant> Variants =>
    [
        new("lion with decay", Lion.Of(0.01, 0.5, 0.9, weightDecay: 0.1, decay: Matrices))
        {
            Keeps = [nameof(ScaleInvariance), nameof(BoundedStep)],
        },
    ];

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("lion", Lion.Of(Rate, 0.6, 0.8, Decay), [0], (_, theta, g, s) =>
        {
            double direction = Math.Sign((0.6 * s[0]) + (0.4 * g));
            s[0] = (0.8 * s[0]) + (0.2 * g);
            return theta - (Rate * (direction + (Decay * theta)));
        }),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => Lion.Of(1, weightDecay: -1), "Lion: weightDecay is -1; allowed is finite and not negative."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new("lion, whose rate has to fall", Lion.Of(Schedule.WarmupCosine(0.1, 1, 4000)), 4000),
    ];
}
