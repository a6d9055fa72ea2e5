using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Grokfast with a moving average (Lee et al., 2024): μ' = α·μ + (1 − α)·u, μ' = u at the first update; passes on
/// u + λ·μ'.
/// </summary>
/// <remarks>One slot: μ.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="alpha">α, in [0, 1).</param>
/// <param name="lambda">λ.</param>
/// <param name="isFirst">Whether this is the first update.</param>
public readonly struct GrokFastRule<T>(double alpha, double lambda, bool isFirst) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> mean = new(isFirst ? 0 : alpha);
    private readonly T lambda = T.CreateTruncating(lambda);

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane slow = mean.Next(slots[first], update);
        slots[first] = slow;
        return TLane.FusedMultiplyAdd(TLane.Broadcast(lambda), slow, update);
    }
}
