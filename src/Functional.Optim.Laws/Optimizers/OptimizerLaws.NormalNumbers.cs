using System.Globalization;
using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>How many updates without a gradient the law makes: the memory of most windows.</summary>
    private const int IdleUpdates = 100;

    /// <summary>
    /// After gradients as small as numbers are, and then 100 updates without one, no number of the state is subnormal:
    /// each moment that shrank so far is 0 (<see cref="Kernels.FlushToZero"/>). With subnormal numbers every update
    /// takes up to forty times as long.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void NormalNumbers(Optimizer optimizer) =>
        HoldsIn(Problem.Tiny, optimizer, NormalNumbers<float>, NormalNumbers<double>);

    private static void NormalNumbers<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        (ParameterTree<T> parameters, OptimizerState<T> state) = problem.After<T>(optimizer);
        ParameterTree<T> none = parameters.Layout.Zeros<T>();
        for (int update = 0; update < IdleUpdates; update++)
            (parameters, state) = optimizer.Step(parameters, none, state);
        for (int slot = 0; slot < state.SlotCount; slot++)
        {
            foreach (Leaf leaf in state[slot].Layout.Leaves)
            {
                foreach (T number in state[slot].AsSpan(leaf))
                    Claim.That(!T.IsSubnormal(number), string.Create(
                        CultureInfo.InvariantCulture,
                        $"after {IdleUpdates} updates without a gradient {Claim.NameOf(state, slot)} of {leaf.Name} has "
                        + $"the subnormal number {number:R}; allowed is 0 in its place (FlushToZero)"));
            }
        }
    }
}
