using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// A power of two before every gradient changes no bit of the parameters: Adam's ratio without ε, Lion's sign.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void ScaleInvariance(Optimizer optimizer) =>
        Holds(optimizer, ScaleInvariance<float>, ScaleInvariance<double>, Problem.Ordinary());

    private static void ScaleInvariance<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> expected = problem.After<T>(optimizer).Parameters;
        foreach (int power in (int[])[-6, 1, 20])
        {
            Problem scaled = problem.Select((_, which, values) =>
                which == 0 ? values : [.. values.Select(value => Math.ScaleB(value, power))]);
            Claim.Same($"with gradients times 2^{power}", expected, scaled.After<T>(optimizer).Parameters);
        }
    }
}
