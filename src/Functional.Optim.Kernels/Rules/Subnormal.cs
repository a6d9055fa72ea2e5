using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Numbers below the smallest normal one, 1.2·10⁻³⁸ in float and 2.2·10⁻³⁰⁸ in double. A moment that gets no more
/// gradient shrinks into them and stays there, as rounding ends its decay; processors compute with them up to forty
/// times slower.
/// </summary>
internal static class Subnormal
{
    /// <summary>The value, or 0 where it is subnormal: a moment so small is none. NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLane ToZero<T, TLane>(TLane value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
        => TLane.SelectGreater(TLane.Broadcast(SmallestNormal<T>()), TLane.Abs(value), default, value);

    /// <summary>The smallest normal number of the type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T SmallestNormal<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.CreateTruncating(typeof(T) == typeof(float) ? 1.1754943508222875e-38 : 2.2250738585072014e-308);
}
