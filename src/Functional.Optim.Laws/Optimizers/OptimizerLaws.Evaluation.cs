using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// The parameters to evaluate are θ itself, unless a transform changes them; and then those of parameters that
    /// never moved are these.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Evaluation(Optimizer optimizer) => Holds(optimizer, Evaluation<float>, Evaluation<double>);

    private static void Evaluation<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> start = problem.Parameters<T>();
        if (!optimizer.OpenedTransforms().Any(part => part.ChangesEvaluation))
        {
            (ParameterTree<T> parameters, OptimizerState<T> state) = problem.After<T>(optimizer);
            Claim.That(
                optimizer.EvaluationParameters(parameters, state).IsIn(parameters),
                "the parameters to evaluate are not θ itself");
            return;
        }

        // Without gradients, and at the rate 0 where there is one, nothing moves.
        Optimizer resting = ExemptionFromZeroRate(optimizer) is null ? optimizer.WithRate(0) : optimizer;
        ParameterTree<T> theta = start, none = start.Layout.Zeros<T>();
        OptimizerState<T> next = resting.Init(start);
        for (int step = 1; step <= Problem.Updates; step++)
        {
            (theta, next) = resting.Step(theta, none, next);
            ParameterTree<T> now = theta;
            Claim.Near($"to evaluate after step {step}", resting.EvaluationParameters(theta, next), (leaf, index) =>
                (double.CreateTruncating(start.AsSpan(leaf)[index]),
                    now.AsSpan(leaf)[index] == start.AsSpan(leaf)[index] ? 0 : double.NaN));
        }
    }
}
