using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// The optimistic gradient: passes on (α + β)·u − β·l, where l is the update of the step before; α·u at the first.
/// </summary>
/// <remarks>One slot: l, which becomes u.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="alpha">α.</param>
/// <param name="beta">β.</param>
/// <param name="isFirst">Whether there is no step before.</param>
public readonly struct OptimisticGradientRule<T>(double alpha, double beta, bool isFirst) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T ofThis = T.CreateTruncating(isFirst ? alpha : alpha + beta);
    private readonly T ofLast = T.CreateTruncating(isFirst ? 0 : -beta);

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane last = slots[first];
        slots[first] = update;
        return TLane.FusedMultiplyAdd(TLane.Broadcast(ofThis), update, TLane.Broadcast(ofLast) * last);
    }
}
