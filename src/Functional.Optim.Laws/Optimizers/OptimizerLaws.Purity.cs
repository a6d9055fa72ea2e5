using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>A step leaves its inputs as they were, bit for bit, and equal inputs give equal bits.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Purity(Optimizer optimizer) => Holds(optimizer, Purity<float>, Purity<double>);

    private static void Purity<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (ParameterTree<T> parameters, OptimizerState<T> state) = problem.After<T>(optimizer, updates: 2);
        ParameterTree<T> gradients = problem.Gradients<T>(3);
        var before = (parameters.Anew(), state.Anew());
        var first = Step();
        Claim.Same("after the step, what it was given", before, (parameters, state));
        Claim.Same("after the step, the gradients it was given", problem.Gradients<T>(3), gradients);
        Claim.Same("the same step once more", first, Step());
        Claim.Same("the same steps from the start", first, problem.After<T>(optimizer));

        (ParameterTree<T> Parameters, OptimizerState<T> State) Step() => optimizer is FunctionOptimizer
            ? problem.Step(optimizer, 3, parameters, state)
            : optimizer.Step(parameters, gradients, state);
    }
}
