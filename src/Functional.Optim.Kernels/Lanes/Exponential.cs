using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>The exponential function over lanes, with the same bits at every width.</summary>
/// <remarks>
/// x = n·ln 2 + r with |r| ≤ ½·ln 2, and eˣ = 2ⁿ·eʳ. The Taylor series gives eʳ, up to r⁷ for float and r¹³ for double.
/// </remarks>
internal static class Exponential
{
    /// <summary>
    /// eˣ, to about one unit in the last place. The result is 0 for x below −87.33 (−708.39 for double), where eˣ would
    /// be subnormal. It is ∞ for x above 88.37 (709.43), just before eˣ would overflow.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLane Of<T, TLane>(TLane x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        bool isFloat = typeof(T) == typeof(float);
        TLane n = Exponent<T, TLane>(x), r = Remainder<T, TLane>(x, n);
        TLane sum = TLane.FusedMultiplyAdd(Quotient<T, TLane>(r), r, Constant<T, TLane>(1));

        // Outside the range n is not an exponent and the product has no meaning. A NaN fails both comparisons and
        // stays.
        TLane power = sum * TLane.PowerOfTwo(n);
        power = TLane.SelectGreater(
            Constant<T, TLane>(isFloat ? -87.33 : -708.39), x, Constant<T, TLane>(0), power);
        return TLane.SelectGreater(
            x, Constant<T, TLane>(isFloat ? 88.37 : 709.43), Constant<T, TLane>(double.PositiveInfinity), power);
    }

    /// <summary>
    /// eˣ for every x, to about one unit in the last place: subnormal where it is, and ∞ only where it overflows.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLane WithGradualUnderflow<T, TLane>(TLane x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        // Beyond the bounds the result is 0 or ∞. Within them half of n is an exponent.
        bool isFloat = typeof(T) == typeof(float);
        x = TLane.Max(TLane.Min(x, Constant<T, TLane>(isFloat ? 90 : 711)), Constant<T, TLane>(isFloat ? -105 : -747));
        TLane n = Exponent<T, TLane>(x), r = Remainder<T, TLane>(x, n);
        TLane sum = TLane.FusedMultiplyAdd(Quotient<T, TLane>(r), r, Constant<T, TLane>(1));
        TLane half = Rounded<T, TLane>(n, 0.5);
        return sum * TLane.PowerOfTwo(half) * TLane.PowerOfTwo(n - half);
    }

    /// <summary>
    /// eˣ − 1 without cancellation, to about two units in the last place, for x from −87 to 0 (−708 for double).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLane MinusOne<T, TLane>(TLane x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        TLane n = Exponent<T, TLane>(x), r = Remainder<T, TLane>(x, n), power = TLane.PowerOfTwo(n);
        return TLane.FusedMultiplyAdd(Quotient<T, TLane>(r) * r, power, power - Constant<T, TLane>(1));
    }

    /// <summary>n, the integer nearest to x / ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLane Exponent<T, TLane>(TLane x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T> => Rounded<T, TLane>(x, 1.4426950408889634);

    /// <summary>r = x − n·ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLane Remainder<T, TLane>(TLane x, TLane n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        bool isFloat = typeof(T) == typeof(float);
        TLane r = TLane.FusedMultiplyAdd(
            n, Constant<T, TLane>(isFloat ? -0.693145751953125 : -0.6931471803691238), x);
        return TLane.FusedMultiplyAdd(
            n, Constant<T, TLane>(isFloat ? -1.4286068203094173e-06 : -1.9082149292705877e-10), r);
    }

    /// <summary>(eʳ − 1) / r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLane Quotient<T, TLane>(TLane r)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        TLane sum = Constant<T, TLane>(1.0 / 5040);
        if (typeof(T) != typeof(float))
        {
            sum = Constant<T, TLane>(1.0 / 6227020800);
            sum = TLane.FusedMultiplyAdd(sum, r, Constant<T, TLane>(1.0 / 479001600));
            sum = TLane.FusedMultiplyAdd(sum, r, Constant<T, TLane>(1.0 / 39916800));
            sum = TLane.FusedMultiplyAdd(sum, r, Constant<T, TLane>(1.0 / 3628800));
            sum = TLane.FusedMultiplyAdd(sum, r, Constant<T, TLane>(1.0 / 362880));
            sum = TLane.FusedMultiplyAdd(sum, r, Constant<T, TLane>(1.0 / 40320));
            sum = TLane.FusedMultiplyAdd(sum, r, Constant<T, TLane>(1.0 / 5040));
        }

        sum = TLane.FusedMultiplyAdd(sum, r, Constant<T, TLane>(1.0 / 720));
        sum = TLane.FusedMultiplyAdd(sum, r, Constant<T, TLane>(1.0 / 120));
        sum = TLane.FusedMultiplyAdd(sum, r, Constant<T, TLane>(1.0 / 24));
        sum = TLane.FusedMultiplyAdd(sum, r, Constant<T, TLane>(1.0 / 6));
        sum = TLane.FusedMultiplyAdd(sum, r, Constant<T, TLane>(0.5));
        return TLane.FusedMultiplyAdd(sum, r, Constant<T, TLane>(1));
    }

    /// <summary>The integer nearest to x·factor: adding and subtracting 1.5·2ᵖ rounds to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLane Rounded<T, TLane>(TLane x, double factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        TLane rounder = Constant<T, TLane>(typeof(T) == typeof(float) ? 12582912 : 6755399441055744);
        return TLane.FusedMultiplyAdd(x, Constant<T, TLane>(factor), rounder) - rounder;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLane Constant<T, TLane>(double value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T> => TLane.Broadcast(T.CreateTruncating(value));
}
