using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// What a moment may be: 0, or from the smallest normal number of its type (1.2·10⁻³⁸ in float) to the largest. One that
/// gets no more gradient shrinks below it and stays there, as rounding ends its decay, and processors compute with
/// subnormal numbers up to forty times slower. Squares beyond the largest number stay at it: an infinite second moment
/// would never shrink again, so that its parameter would never move again.
/// </summary>
internal static class MomentRange
{
    /// <summary>The moment, or 0 where it is subnormal. NaN stays NaN, and an infinity what it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLane Of<T, TLane>(TLane moment)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
        => TLane.SelectGreater(TLane.Broadcast(Smallest<T>()), TLane.Abs(moment), default, moment);

    /// <summary>
    /// The moment of squares, which are not negative: 0 where it is subnormal, the largest number where it is beyond.
    /// NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLane OfSquares<T, TLane>(TLane moment)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        TLane largest = TLane.Broadcast(Largest<T>());
        TLane bounded = TLane.SelectGreater(moment, largest, largest, moment);
        return TLane.SelectGreater(TLane.Broadcast(Smallest<T>()), bounded, default, bounded);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Smallest<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.CreateTruncating(typeof(T) == typeof(float) ? 1.1754943508222875e-38 : 2.2250738585072014e-308);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Largest<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.CreateTruncating(typeof(T) == typeof(float) ? float.MaxValue : double.MaxValue);
}
