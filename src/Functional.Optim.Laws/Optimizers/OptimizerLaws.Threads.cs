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
        (ParameterTree<T>, OptimizerState<T>) one = default, four = default;
        OnThreads(1, () => one = problem.After<T>(optimizer, updates: 1));
        OnThreads(4, () => four = problem.After<T>(optimizer, updates: 1));
        Claim.Same("on four threads", one, four);
    }

    private static void OnThreads(int count, Action work)
    {
        lock (ThreadLimit)
        {
            int limit = Kernels.Threads.Limit;
            try
            {
                Kernels.Threads.Limit = count;
                work();
            }
            finally
            {
                Kernels.Threads.Limit = limit;
            }
        }
    }
}
