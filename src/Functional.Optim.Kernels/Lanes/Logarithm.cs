using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>The logarithm over lanes, with the same bits at every width.</summary>
internal static class Logarithm
{
    /// <summary>log(1 + x) without cancellation, to about two units in the last place, for x from −½ to 1.</summary>
    /// <remarks>
    /// With s = x / (2 + x), |s| ≤ ⅓, it is 2·artanh s = 2·(s + s³/3 + s⁵/5 + …), up to s¹⁷ for float and s³⁵ for double.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLane OfOnePlus<T, TLane>(TLane x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        TLane two = Constant(2), s = x / (two + x), square = s * s, sum;
        if (typeof(T) == typeof(float))
        {
            sum = Constant(1.0 / 17);
        }
        else
        {
            sum = Constant(1.0 / 35);
            sum = TLane.FusedMultiplyAdd(sum, square, Constant(1.0 / 33));
            sum = TLane.FusedMultiplyAdd(sum, square, Constant(1.0 / 31));
            sum = TLane.FusedMultiplyAdd(sum, square, Constant(1.0 / 29));
            sum = TLane.FusedMultiplyAdd(sum, square, Constant(1.0 / 27));
            sum = TLane.FusedMultiplyAdd(sum, square, Constant(1.0 / 25));
            sum = TLane.FusedMultiplyAdd(sum, square, Constant(1.0 / 23));
            sum = TLane.FusedMultiplyAdd(sum, square, Constant(1.0 / 21));
            sum = TLane.FusedMultiplyAdd(sum, square, Constant(1.0 / 19));
            sum = TLane.FusedMultiplyAdd(sum, square, Constant(1.0 / 17));
        }

        sum = TLane.FusedMultiplyAdd(sum, square, Constant(1.0 / 15));
        sum = TLane.FusedMultiplyAdd(sum, square, Constant(1.0 / 13));
        sum = TLane.FusedMultiplyAdd(sum, square, Constant(1.0 / 11));
        sum = TLane.FusedMultiplyAdd(sum, square, Constant(1.0 / 9));
        sum = TLane.FusedMultiplyAdd(sum, square, Constant(1.0 / 7));
        sum = TLane.FusedMultiplyAdd(sum, square, Constant(1.0 / 5));
        sum = TLane.FusedMultiplyAdd(sum, square, Constant(1.0 / 3));
        TLane twice = two * s;
        return TLane.FusedMultiplyAdd(twice * square, sum, twice);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TLane Constant(double value) => TLane.Broadcast(T.CreateTruncating(value));
    }
}
