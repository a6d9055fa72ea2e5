using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>No step is longer than η·(1 + λ·|θ|), to rounding, whatever the gradient: Lion's sign.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void BoundedStep(Optimizer optimizer) => Holds(optimizer, BoundedStep<float>, BoundedStep<double>);

    private static void BoundedStep<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> parameters = problem.Parameters<T>();
        OptimizerState<T> state = optimizer.Init(parameters);
        double rounding = 4 * RoundingOf<T>();
        for (int step = 1; step <= Problem.Updates; step++)
        {
            ParameterTree<T> before = parameters;
            ParameterTree<T> deltas = optimizer.Update(before, problem.Gradients<T>(step), state).Deltas;
            Claim.Near($"the update of step {step}", deltas, (leaf, index) =>
            {
                double theta = double.CreateTruncating(before.AsSpan(leaf)[index]);
                double decay = optimizer.WeightDecayOf(leaf) * Math.Abs(theta);
                return (0, optimizer.RateOf(leaf, step) * (1 + decay) * (1 + rounding));
            });
            (parameters, state) = optimizer.Step(before, problem.Gradients<T>(step), state);
        }
    }
}
