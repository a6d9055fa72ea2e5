using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>An exponential moving average, for use inside a rule: a' = β·a + (1 − β)·x.</summary>
/// <remarks>
/// Doubles hold both β and 1 − β. Floats round them apart from each other, so that they do not add up to 1, which would
/// leave an average 1.3·10⁻⁵ off at β = 0.999 and 1.4·10⁻³ at 0.99999: there only 1 − β is rounded, and β is what it
/// leaves of 1. With β = 0 the average is x.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct RunningMean<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T fresh;
    private readonly T forgotten;
    private readonly T kept;
    private readonly T rest;

    /// <summary>The average of a decay rate.</summary>
    /// <param name="beta">β, in [0, 1).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RunningMean(double beta)
    {
        T added = T.CreateTruncating(1 - beta);
        double old = 1 - double.CreateTruncating(added);
        T below = T.CreateTruncating(old);

        // Just below β, so that the rest is above 0: an infinite average stays infinite, not NaN.
        if (typeof(T) != typeof(double) && old != 0) below = T.BitDecrement(below);
        fresh = added;
        forgotten = -added;
        kept = below;
        rest = T.CreateTruncating(old - double.CreateTruncating(below));
    }

    /// <summary>a' = β·a + (1 − β)·x.</summary>
    /// <typeparam name="TLane">The lane.</typeparam>
    /// <param name="mean">a.</param>
    /// <param name="value">x.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Next<TLane>(TLane mean, TLane value)
        where TLane : struct, ILane<TLane, T>
        => typeof(T) == typeof(double)
            ? With(mean, TLane.Broadcast(fresh) * value)
            : TLane.FusedMultiplyAdd(
                TLane.Broadcast(fresh), value, TLane.FusedMultiplyAdd(TLane.Broadcast(forgotten), mean, mean));

    /// <summary>
    /// a' = β·a + ((1 − β)·x)·x, the average of squares. 1 − β comes first: x² alone leaves the range before the
    /// average does. An average that has left the range stays infinite, so that it is found.
    /// </summary>
    /// <typeparam name="TLane">The lane.</typeparam>
    /// <param name="mean">a.</param>
    /// <param name="value">x.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane NextOfSquare<TLane>(TLane mean, TLane value)
        where TLane : struct, ILane<TLane, T>
        => With(mean, TLane.Broadcast(fresh) * value * value);

    /// <summary>The average of squares plus a constant: a' = β·a + (((1 − β)·x)·x + c).</summary>
    /// <typeparam name="TLane">The lane.</typeparam>
    /// <param name="mean">a.</param>
    /// <param name="value">x.</param>
    /// <param name="constant">c, which is added to the small term, as it would be lost in a large one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TLane NextOfSquare<TLane>(TLane mean, TLane value, TLane constant)
        where TLane : struct, ILane<TLane, T>
        => With(mean, TLane.FusedMultiplyAdd(TLane.Broadcast(fresh) * value, value, constant));

    /// <summary>β·a plus what is new, where β of a float is a number below it and the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLane With<TLane>(TLane mean, TLane added)
        where TLane : struct, ILane<TLane, T>
    {
        if (typeof(T) == typeof(float)) added = TLane.FusedMultiplyAdd(TLane.Broadcast(rest), mean, added);
        return TLane.FusedMultiplyAdd(TLane.Broadcast(kept), mean, added);
    }
}
