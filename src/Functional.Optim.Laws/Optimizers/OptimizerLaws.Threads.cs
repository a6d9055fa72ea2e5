using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    private static readonly Lock ThreadLimit = new();

    /// <summary>
    /// One thread and four give the same bits, on a tree so large that they share it. Sets
    /// <see cref="Kernels.Threads.Limit"/> meanwhile.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Threads(Optimizer optimizer) =>
        HoldsIn(Problem.Large, optimizer, Threads<float>, Threads<double>);

    private static void Threads<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        lock (ThreadLimit)
        {
            int limit = Kernels.Threads.Limit;
            try
            {
                Kernels.Threads.Limit = 1;
                var one = problem.After<T>(optimizer, updates: 1);
                Kernels.Threads.Limit = 4;
                Claim.Same("on four threads", one, problem.After<T>(optimizer, updates: 1));
            }
            finally
            {
                Kernels.Threads.Limit = limit;
            }
        }
    }
}
