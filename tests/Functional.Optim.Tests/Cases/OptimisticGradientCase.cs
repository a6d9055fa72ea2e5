using System.Collections.Immutable;
using static Functional.Optim.Laws.OptimizerLaws;

namespace Functional.Optim.Tests.Cases;

/// <summary>The cases of <see cref="OptimisticGradient"/>.</summary>
internal sealed class OptimisticGradientCase : OptimizerCase
{
    public override string Entry => "optimisticGradient";

    public override ImmutableArray<string> Keeps => [nameof(BiasCorrection)];

    public override ImmutableArray<Variant> Variants =>
    [
        new("optimistic gradient descent", OptimisticGradient.Of(0.5, 2).Then(LearningRate.Of(0.1)))
        {
            Keeps = [nameof(BiasCorrection)],
        },
    ];

    public override ImmutableArray<FormulaCase> Formulas =>
    [
        new("optimistic gradient", OptimisticGradient.Of(0.6, 0.3), [0], (t, theta, g, s) =>
        {
            double last = t == 1 ? g : s[0];
            s[0] = g;
            return theta - ((0.9 * g) - (0.3 * last));
        }),
    ];

    public override ImmutableArray<(Func<Optimizer> Make, string Message)> Errors =>
    [
        (() => OptimisticGradient.Of(-1, double.NaN),
            "OptimisticGradient: alpha is -1; allowed is finite and not negative; beta is NaN; allowed is finite and "
            + "not negative."),
    ];

    public override ImmutableArray<ConvergenceCase> Parabola =>
        [new("optimistic gradient", OptimisticGradient.Of().Then(LearningRate.Of(0.1)), 100)];
}
