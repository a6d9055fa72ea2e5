using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>An exponential moving average, for use inside a rule: a' = a − (1 − β)·a + (1 − β)·x.</summary>
/// <remarks>
/// Only 1 − β is rounded to the type, once: β and 1 − β rounded apart from each other do not add up to 1, which leaves
/// an average of floats 1.3·10⁻⁵ off at β = 0.999 and 1.4·10⁻³ at 0.99999. With β = 0 it is x to the bit. An average
/// below the smallest normal number is 0, and one of squares is never infinite.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct RunningMean<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T fresh;
    private readonly T forgotten;

    /// <summary>The average of a decay rate.</summary>
    /// <param name="beta">β, in [0, 1).</param>
    public RunningMean(double beta)
    {
        fresh = T.CreateTruncating(1 - beta);
        forgotten = -fresh;
    }

    /// <summary>a' = a − (1 − β)·a + (1 − β)·x.</summary>
    /// <typeparam name="TLane">The lane.</typeparam>
    /// <param name="mean">a.</param>
    /// <param name="value">x.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Next<TLane>(TLane mean, TLane value)
        where TLane : struct, ILane<TLane, T>
        => MomentRange.Of<T, TLane>(TLane.FusedMultiplyAdd(TLane.Broadcast(fresh), value, Kept(mean)));

    /// <summary>
    /// a' = a − (1 − β)·a + ((1 − β)·x)·x, the average of squares. 1 − β comes first: x² alone leaves the range before
    /// the average does.
    /// </summary>
    /// <typeparam name="TLane">The lane.</typeparam>
    /// <param name="mean">a.</param>
    /// <param name="value">x.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane NextOfSquare<TLane>(TLane mean, TLane value)
        where TLane : struct, ILane<TLane, T>
        => MomentRange.OfSquares<T, TLane>(
            TLane.FusedMultiplyAdd(TLane.Broadcast(fresh) * value, value, Kept(mean)));

    /// <summary>The average of squares plus a constant: a' = a − (1 − β)·a + (((1 − β)·x)·x + c).</summary>
    /// <typeparam name="TLane">The lane.</typeparam>
    /// <param name="mean">a.</param>
    /// <param name="value">x.</param>
    /// <param name="constant">c, which is added to the small term, as it would be lost in a large one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TLane NextOfSquare<TLane>(TLane mean, TLane value, TLane constant)
        where TLane : struct, ILane<TLane, T>
        => MomentRange.OfSquares<T, TLane>(
            Kept(mean) + TLane.FusedMultiplyAdd(TLane.Broadcast(fresh) * value, value, constant));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TLane Kept<TLane>(TLane mean)
        where TLane : struct, ILane<TLane, T>
        => TLane.FusedMultiplyAdd(TLane.Broadcast(forgotten), mean, mean);
}
