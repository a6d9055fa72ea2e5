using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// What a rule does to each moment that it stores. A moment that gets no more gradient shrinks until it is subnormal,
/// and stays there, as rounding ends its decay; processors compute with subnormal numbers up to forty times slower.
/// </summary>
public static class FlushToZero
{
    /// <summary>
    /// x, or 0 where it is subnormal: nearer to 0 than 1.2·10⁻³⁸ in float, 2.2·10⁻³⁰⁸ in double. NaN stays NaN.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TLane">The lane.</typeparam>
    /// <param name="moment">x.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLane Of<T, TLane>(TLane moment)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
        => TLane.SelectGreater(
            TLane.Broadcast(ElementType.SmallestNormal<T>()), TLane.Abs(moment), default, moment);
}
