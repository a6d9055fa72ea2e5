using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// The update is what a step adds to the parameters: θ' = θ + Δ, with the same new state; it is 0 for a frozen
    /// leaf.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Update(Optimizer optimizer) => Holds(optimizer, Update<float>, Update<double>);

    private static string? ExemptionFromUpdate(Optimizer optimizer) =>
        optimizer.Lands()
        ? "it puts the parameters to others, which what is added to them reaches to rounding only"
        : null;

    private static void Update<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (ParameterTree<T> parameters, OptimizerState<T> state) = problem.After<T>(optimizer, updates: 2);
        (ParameterTree<T> deltas, OptimizerState<T> next) = optimizer.Update(
            parameters, problem.Gradients<T>(3), state);
        Claim.Same(
            "the update added", problem.After<T>(optimizer),
            (optimizer.KeepFrozen(parameters, parameters.Plus(deltas)), next));
        foreach (Leaf leaf in deltas.Layout.Leaves.Where(optimizer.IsFrozen))
            Claim.That(
                !deltas.AsSpan(leaf).ContainsAnyExcept(T.Zero, T.NegativeZero),
                $"the update of the frozen leaf {leaf} is not zero");
    }
}
