using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>An exponential moving average, for use inside a rule: a' = β·a + (1 − β)·x.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct RunningMean<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T beta;
    private readonly T fresh;

    /// <summary>The average of a decay rate.</summary>
    /// <param name="beta">β, in [0, 1).</param>
    public RunningMean(double beta)
    {
        this.beta = T.CreateTruncating(beta);
        fresh = T.CreateTruncating(1 - beta);
    }

    /// <summary>a' = β·a + (1 − β)·x.</summary>
    /// <typeparam name="TLane">The lane.</typeparam>
    /// <param name="mean">a.</param>
    /// <param name="value">x.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Next<TLane>(TLane mean, TLane value)
        where TLane : struct, ILane<TLane, T>
        => TLane.FusedMultiplyAdd(TLane.Broadcast(beta), mean, TLane.Broadcast(fresh) * value);

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
        => TLane.FusedMultiplyAdd(TLane.Broadcast(beta), mean, TLane.Broadcast(fresh) * value * value);
}
