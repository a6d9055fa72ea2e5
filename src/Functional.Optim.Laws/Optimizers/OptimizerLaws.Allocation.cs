using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>
    /// After some steps, no step allocates a byte on the heap: neither one that donates, nor a pure one after which
    /// what it was given is released. The steps are made on one thread, over short leaves and a long one. Sets
    /// <see cref="Kernels.Threads.Limit"/> meanwhile.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Allocation(Optimizer optimizer)
    {
        HoldsIn(Problem.Sample, optimizer, Allocation<float>, Allocation<double>);
        HoldsIn(Problem.Large, optimizer, AllocationAlone<float>, AllocationAlone<double>);
    }

    private static string? ExemptionFromAllocation(Optimizer optimizer) =>
        optimizer.OpenedTransforms().OfType<SoapScaling>().Any() ? "it decomposes matrices now and then" : null;

    private static void AllocationAlone<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => OnThreads(1, () => Allocation<T>(optimizer, problem));

    private static void Allocation<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (bool donate in (bool[])[true, false])
        {
            ParameterTree<T> parameters = problem.Parameters<T>();
            OptimizerState<T> state = optimizer.Init(parameters);
            TreeLayout layout = parameters.Layout;
            long allocated = SteadyAllocation.Of(_ => Step());
            string steps = donate ? "donating steps" : "steps with a release after each";
            Claim.That(allocated == 0, $"{steps} allocate {allocated} bytes");

            void Step()
            {
                ParameterTree<T> gradients = Filled(layout, T.One);
                if (donate)
                {
                    (parameters, state) = optimizer.StepDonating(parameters, gradients, state);
                    return;
                }

                (ParameterTree<T> moved, OptimizerState<T> next) = optimizer.Step(parameters, gradients, state);
                gradients.Release();
                parameters.Release();
                state.Release();
                (parameters, state) = (moved, next);
            }
        }
    }
}
