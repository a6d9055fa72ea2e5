using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>Division by a measure of past updates, which is 0 where there were none.</summary>
internal static class Quotient
{
    /// <summary>
    /// a / b for b not negative, and a·b where b is 0: what never had a gradient does not move. NaN in either stays
    /// NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLane Of<T, TLane>(TLane dividend, TLane divisor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        TLane zero = default;
        return TLane.SelectGreater(divisor, zero, dividend / divisor, dividend * divisor);
    }
}
