using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// Some steps, then the rest from copies of every array and the numbers of the state, have the bits of all of them
    /// in a row.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Resume(Optimizer optimizer) => Holds(optimizer, Resume<float>, Resume<double>);

    private static void Resume<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var whole = problem.After<T>(optimizer);
        for (int stop = 1; stop < Problem.Updates; stop++)
        {
            (ParameterTree<T> parameters, OptimizerState<T> state) = problem.After<T>(optimizer, stop);
            (parameters, state) = (parameters.Anew(), state.Anew());
            Optimizer again = optimizer with { };
            for (int update = stop + 1; update <= Problem.Updates; update++)
                (parameters, state) = problem.Step(again, update, parameters, state);
            Claim.Same($"resumed after step {stop}", whole, (parameters, state));
        }
    }
}
