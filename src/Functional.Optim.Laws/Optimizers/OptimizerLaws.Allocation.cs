using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// After some steps, no step allocates a byte on the heap: neither one that donates, nor a pure one after which what it was given is
    /// released.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Allocation(Optimizer optimizer) => HoldsIn(Problem.Sample, optimizer, Allocation<float>, Allocation<double>);

    private static void Allocation<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int first = 40, counted = 40, windows = 3;
        foreach (bool donate in (bool[])[true, false])
        {
            ParameterTree<T> parameters = problem.Parameters<T>();
            OptimizerState<T> state = optimizer.Init(parameters);
            TreeLayout layout = parameters.Layout;
            // The runtime's own tables of generic calls grow now and then: what the steps allocate is in every window.
            long allocated = 0, least = long.MaxValue;
            for (int step = 0; step < first + (windows * counted); step++)
            {
                ParameterTree<T> gradients = Filled(layout, T.One);
                long before = GC.GetAllocatedBytesForCurrentThread();
                if (donate) (parameters, state) = optimizer.StepDonating(parameters, gradients, state);
                else StepAndRelease(gradients);
                if (step < first) continue;
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                if ((step + 1 - first) % counted != 0) continue;
                (least, allocated) = (Math.Min(least, allocated), 0);
            }

            Claim.That(least == 0, $"{counted} {(donate ? "donating steps" : "steps with a release after each")} allocate {least} bytes");

            void StepAndRelease(ParameterTree<T> gradients)
            {
                (ParameterTree<T> moved, OptimizerState<T> next) = optimizer.Step(parameters, gradients, state);
                gradients.Release();
                parameters.Release();
                state.Release();
                (parameters, state) = (moved, next);
            }
        }
    }
}
