using System.Collections.Immutable;
using Functional.Optim.Tests.Precision;
using static Functional.Optim.Laws.OptimizerLaws;
using static Functional.Optim.Tests.Cases.FormulaCase;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Cases;

/// <summary>
/// The cases of <see cref="SophiaG"/> without estimates of the Hessian; <see cref="Optimizers.SophiaGTests"/> have
/// those with them.
/// </summary>
internal sealed class SophiaGCase : OptimizerCase
{
    public override string Entry => "sophiaG";

    public override ImmutableArray<ExactFormula> Exact =>
    [
        new("SophiaG, no estimate", SophiaG.Of(ExactFormula.Rate), [0, 0],
            (_, theta, g, slots) =>
                theta - (ExactRate * (Math.Sign(Mean(ref slots[0], 0.965, g)) + (Of(0.1) * theta))),
            (15, 5), (20, 5)),
    ];

    public override ImmutableArray<string> Keeps => [nameof(ScaleInvariance), nameof(BoundedStep)];

    public override ImmutableArray<Variant> Variants =>
    [
        new(
            "sophiag without decay, up",
            SophiaG.Of(0.01, 0.5, 0.9, rho: 0.1, batchSize: 7, weightDecay: 0, maximize: true))
        {
            Keeps = [nameof(BiasCorrection), nameof(ScaleInvariance), nameof(BoundedStep)],
        },
        new(
            "sophiag with an epsilon and cautious decay, for matrices",
            SophiaG.Of(0.1, epsilon: 0.5, weightDecay: 0.5, decay: Matrices, decayForm: DecayForm.Cautious))
        {
            Keeps = [nameof(BoundedStep)],
        },
        new("sophiag in a composition", Clip.ByValue(1).Then(SophiaG.Scaling()).Then(LearningRate.Of(0.1)))
        {
            Keeps = [nameof(BiasCorrection), nameof(BoundedStep)],
        },
    ];

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("sophiag without an estimate", SophiaG.Of(Rate, 0.7, weightDecay: Decay), [0, 0], (_, theta, g, s) =>
        {
            s[0] = (0.7 * s[0]) + (0.3 * g);
            return theta - (Rate * (Math.Sign(s[0]) + (Decay * theta)));
        }),
        new("sophiag with an epsilon", SophiaG.Of(Rate, 0.7, epsilon: 0.5, weightDecay: 0), [0, 0], (_, theta, g, s) =>
        {
            s[0] = (0.7 * s[0]) + (0.3 * g);
            return theta - (Rate * Math.Clamp(s[0] / 0.5, -1, 1));
        }),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => SophiaG.Of(1, rho: -1, batchSize: 0),
            "SophiaG: rho is -1; allowed is finite and not negative; batchSize is 0; allowed is 1 or more."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
    [
        new(
            "sophiag without an estimate, whose rate has to fall",
            SophiaG.Of(Schedule.ExponentialDecay(0.1, 0.995), weightDecay: 0), 3500),
    ];

    public override ImmutableArray<Optimizer> WithoutEpsilon => [SophiaG.Of(0.1, epsilon: 0, weightDecay: 0)];
}
