using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// The corrected gradient of MARS (Yuan et al., 2024): passes on a·(g + c·(g − g₋₁)), and keeps g for the next update.
/// </summary>
/// <remarks>One slot: g₋₁.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="correction">c.</param>
/// <param name="factor">a.</param>
public readonly struct VarianceReductionRule<T>(double correction, double factor) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T correction = T.CreateTruncating(correction);
    private readonly T factor = T.CreateTruncating(factor);

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane last = slots[first];
        slots[first] = update;
        return TLane.Broadcast(factor)
            * TLane.FusedMultiplyAdd(TLane.Broadcast(correction), update - last, update);
    }
}
