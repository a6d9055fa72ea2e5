using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>The sign of numbers over lanes.</summary>
internal static class Sign
{
    /// <summary>1 where x is positive, −1 where it is negative; x itself where it is zero or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLane Of<T, TLane>(TLane x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        TLane zero = default;
        TLane ofNegative = TLane.SelectGreater(zero, x, TLane.Broadcast(T.NegativeOne), x);
        return TLane.SelectGreater(x, zero, TLane.Broadcast(T.One), ofNegative);
    }
}
