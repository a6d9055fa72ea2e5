using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// With a constant gradient the update divided by the learning rate is the same from the first step on, to half of
    /// the digits: averages that start at zero are corrected (Adam), or there are none.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void BiasCorrection(Optimizer optimizer) =>
        Holds(optimizer, BiasCorrection<float>, BiasCorrection<double>, Problem.Ordinary());

    private static void BiasCorrection<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int steps = 12;
        ParameterTree<T> parameters = problem.Parameters<T>(), gradients = problem.Gradients<T>(1);
        OptimizerState<T> state = optimizer.Init(parameters);
        ParameterTree<T> first = optimizer.Update(parameters, gradients, state).Deltas;
        double rounding = Math.Sqrt(RoundingOf<T>());
        for (int step = 1; step <= steps; step++)
        {
            (ParameterTree<T> deltas, OptimizerState<T> next) = optimizer.Update(parameters, gradients, state);
            Claim.Near($"with a constant gradient, the update of step {step}", deltas, (leaf, index) =>
            {
                double start = optimizer.RateOf(leaf, 1),
                    relative = start == 0 ? 1 : optimizer.RateOf(leaf, step) / start;
                double expected = double.CreateTruncating(first.AsSpan(leaf)[index]) * relative;
                return (expected, rounding * Math.Abs(expected));
            });
            (parameters, state) = (parameters.Plus(deltas), next);
        }
    }
}
