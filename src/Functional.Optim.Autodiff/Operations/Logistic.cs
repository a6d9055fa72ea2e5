using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

/// <summary>
/// The logistic function σ and its integral over lanes. They use e⁻ˣ of |x| only, so nothing overflows, and nothing
/// cancels where σ is near 0 or 1.
/// </summary>
internal static class Logistic
{
    /// <summary>σ(x) = 1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLane Of<T, TLane>(TLane x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        TLane power = Power<T, TLane>(x), one = TLane.Broadcast(T.One);
        return TLane.SelectGreater(x, TLane.Broadcast(T.Zero), one, power) / (one + power);
    }

    /// <summary>σ'(x) = σ(x)·σ(−x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLane Slope<T, TLane>(TLane x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        TLane power = Power<T, TLane>(x), sum = TLane.Broadcast(T.One) + power;
        return power / (sum * sum);
    }

    /// <summary>log(1 + e⁻ˣ) for |x|, which is log(1 + eˣ) − max(x, 0) for x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TLane LogOfOnePlusPower<T, TLane>(TLane x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T> => Logarithm.OfOnePlus<T, TLane>(Power<T, TLane>(x));

    /// <summary>e⁻ˣ for |x|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLane Power<T, TLane>(TLane x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T> => Exponential.WithGradualUnderflow<T, TLane>(
            TLane.Broadcast(-T.One) * TLane.Abs(x));
}
