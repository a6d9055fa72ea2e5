using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="Sign"/>.</summary>
internal sealed class SignCase : OptimizerCase
{
    public override string Entry => "sign";

    public override ImmutableArray<string> Keeps =>
        [nameof(BiasCorrection), nameof(ScaleInvariance), nameof(BoundedStep)];

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("sign", Sign.Of(), [], (_, theta, g, _) => theta - Math.Sign(g)),
        new("sign of a mean", Ema.Of(0.8, biasCorrection: false).Then(Sign.Of()).Then(LearningRate.Of(0.1)), [0],
            (_, theta, g, s) =>
            {
                s[0] = (0.8 * s[0]) + (0.2 * g);
                return theta - (0.1 * Math.Sign(s[0]));
            }),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new(
            "sign, whose rate has to fall",
            Sign.Of().Then(LearningRate.Of(Schedule.WarmupCosine(0.1, 1, 4000))), 4000),
    ];
}
