using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>The exponential function over lanes, with the same bits at every width.</summary>
internal static class Exponential
{
    /// <summary>
    /// eˣ, to about one unit in the last place. The result is 0 for x below −87.33 (−708.39 for double), where eˣ would
    /// be subnormal. It is ∞ for x above 88.37 (709.43), just before eˣ would overflow.
    /// </summary>
    /// <remarks>
    /// x = n·ln 2 + r with |r| ≤ ½·ln 2, and eˣ = 2ⁿ·eʳ. The Taylor series gives eʳ, up to r⁷ for float and r¹³ for
    /// double.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLane Of<T, TLane>(TLane x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        bool isFloat = typeof(T) == typeof(float);

        // Adding and subtracting 1.5·2ᵖ rounds to the nearest integer.
        TLane rounder = Constant(isFloat ? 12582912 : 6755399441055744);
        TLane n = TLane.FusedMultiplyAdd(x, Constant(1.4426950408889634), rounder) - rounder;
        TLane r = TLane.FusedMultiplyAdd(n, Constant(isFloat ? -0.693145751953125 : -0.6931471803691238), x);
        r = TLane.FusedMultiplyAdd(n, Constant(isFloat ? -1.4286068203094173e-06 : -1.9082149292705877e-10), r);
        TLane sum = Constant(1.0 / 5040);
        if (!isFloat)
        {
            sum = Constant(1.0 / 6227020800);
            sum = TLane.FusedMultiplyAdd(sum, r, Constant(1.0 / 479001600));
            sum = TLane.FusedMultiplyAdd(sum, r, Constant(1.0 / 39916800));
            sum = TLane.FusedMultiplyAdd(sum, r, Constant(1.0 / 3628800));
            sum = TLane.FusedMultiplyAdd(sum, r, Constant(1.0 / 362880));
            sum = TLane.FusedMultiplyAdd(sum, r, Constant(1.0 / 40320));
            sum = TLane.FusedMultiplyAdd(sum, r, Constant(1.0 / 5040));
        }

        sum = TLane.FusedMultiplyAdd(sum, r, Constant(1.0 / 720));
        sum = TLane.FusedMultiplyAdd(sum, r, Constant(1.0 / 120));
        sum = TLane.FusedMultiplyAdd(sum, r, Constant(1.0 / 24));
        sum = TLane.FusedMultiplyAdd(sum, r, Constant(1.0 / 6));
        sum = TLane.FusedMultiplyAdd(sum, r, Constant(0.5));
        sum = TLane.FusedMultiplyAdd(sum, r, Constant(1));
        sum = TLane.FusedMultiplyAdd(sum, r, Constant(1));

        // Outside the range n is not an exponent and the product has no meaning. A NaN fails both comparisons and
        // stays.
        TLane power = sum * TLane.PowerOfTwo(n);
        power = TLane.SelectGreater(Constant(isFloat ? -87.33 : -708.39), x, Constant(0), power);
        return TLane.SelectGreater(x, Constant(isFloat ? 88.37 : 709.43), Constant(double.PositiveInfinity), power);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static TLane Constant(double value) => TLane.Broadcast(T.CreateTruncating(value));
    }
}
