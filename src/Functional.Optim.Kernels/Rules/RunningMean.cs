using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>An exponential moving average, for use inside a rule: a' = β·a + (1 − β)·x.</summary>
/// <remarks>
/// β and 1 − β, rounded to the type apart from each other, do not add up to 1, which leaves an average of floats
/// 1.3·10⁻⁵ off at β = 0.999 and 1.4·10⁻³ at 0.99999. So β·a is the product with a number just below β plus that with
/// the rest, in fused operations that round the sum once. With β = 0 it is x. A subnormal average is stored as 0
/// (<see cref="FlushToZero"/>); one beyond the largest number is infinite, and stays so.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct RunningMean<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T kept;
    private readonly T rest;
    private readonly T fresh;

    /// <summary>The average of a decay rate.</summary>
    /// <param name="beta">β, in [0, 1).</param>
    public RunningMean(double beta)
    {
        fresh = T.CreateTruncating(1 - beta);
        double old = 1 - double.CreateTruncating(fresh);
        if (old == 0) return;

        // Above 0, as 0 times an infinite average would be NaN.
        kept = T.BitDecrement(T.CreateTruncating(old));
        rest = T.CreateTruncating(old - double.CreateTruncating(kept));
    }

    /// <summary>a' = β·a + (1 − β)·x.</summary>
    /// <typeparam name="TLane">The lane.</typeparam>
    /// <param name="mean">a.</param>
    /// <param name="value">x.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Next<TLane>(TLane mean, TLane value)
        where TLane : struct, ILane<TLane, T>
        => With(mean, TLane.Broadcast(fresh) * value);

    /// <summary>
    /// a' = β·a + ((1 − β)·x)·x, the average of squares. 1 − β comes first: x² alone leaves the range before the
    /// average does.
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

    /// <summary>β·a plus what is new.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLane With<TLane>(TLane mean, TLane added)
        where TLane : struct, ILane<TLane, T>
        => FlushToZero.Of<T, TLane>(TLane.FusedMultiplyAdd(
            TLane.Broadcast(kept), mean, TLane.FusedMultiplyAdd(TLane.Broadcast(rest), mean, added)));
}
