using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>Lanes of 128, 256 and 512 bits give the bits of single numbers.</summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Lanes(Optimizer optimizer) => Holds(optimizer, Lanes<float>, Lanes<double>);

    private static void Lanes<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var expected = At(LaneWidth.Scalar);
        foreach (LaneWidth width in (LaneWidth[])[LaneWidth.Bits128, LaneWidth.Bits256, LaneWidth.Bits512])
            Claim.Same($"on lanes of {(int)width} bits", expected, At(width));

        (ParameterTree<T> Parameters, OptimizerState<T> State) At(LaneWidth width) =>
            LaneWidths.With(width, () => problem.After<T>(optimizer));
    }
}
