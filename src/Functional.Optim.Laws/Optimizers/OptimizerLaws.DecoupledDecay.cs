using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// A parameter that never had a gradient shrinks by 1 − η·λ at each update, to rounding; η is the rates after the
    /// decay.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void DecoupledDecay(Optimizer optimizer) =>
        Holds(optimizer, DecoupledDecay<float>, DecoupledDecay<double>);

    private static void DecoupledDecay<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> parameters = problem.Parameters<T>();
        OptimizerState<T> state = optimizer.Init(parameters);
        double rounding = (1 + optimizer.OpenedTransforms().Count()) * RoundingOf<T>();
        for (int step = 1; step <= Problem.Updates; step++)
        {
            ParameterTree<T> before = parameters;
            (parameters, state) = optimizer.Step(before, before.Layout.Zeros<T>(), state);
            Claim.Near($"without gradients, after step {step}", parameters, (leaf, index) =>
            {
                double theta = double.CreateTruncating(before.AsSpan(leaf)[index]);
                double shrinkage = optimizer.ShrinkageOf(leaf, step);
                return (theta * (1 - shrinkage), rounding * (0.1 + (Math.Abs(theta) * (1 + shrinkage))));
            });
        }
    }

    private static string? ExemptionFromDecoupledDecay(Optimizer optimizer)
    {
        Transform[][] leafPlans =
            [.. optimizer.LeafPlans().Where(leafPlan => leafPlan.Any(TransformExtensions.DecayFilter))];
        if (leafPlans.Length == 0) return "it has no decay";
        foreach (Transform[] leafPlan in leafPlans)
        {
            if (leafPlan.FirstOrDefault(part => part.DecayFilter() && part.HasRate()) is { } scaled)
                return $"{scaled} multiplies its decay by a rate of its own";
            if (leafPlan.OfType<WeightDecay>().FirstOrDefault(part => part.IsProximal) is { } proximal)
                return $"{proximal} divides by 1 + η·λ";
            if (leafPlan.FirstOrDefault(part => part.DecayFilter() && part.ChangesEvaluation) is { } averaged)
                return $"{averaged} decays another point than the parameters";
            IEnumerable<Transform> before = leafPlan.TakeWhile(part => !part.DecayFilter()),
                after = leafPlan.SkipWhile(part => !part.DecayFilter());
            if (before.FirstToMoveByItself() is { } mover) return $"{mover} makes an update of no gradient";
            if (after.FirstOrDefault(part => !part.DecayFilter() && !part.HasRate()) is { } part)
                return $"{part} works on the decay";
        }

        return null;
    }
}
