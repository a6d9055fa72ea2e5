using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>Moves a share of the way from the parameter to the update: passes on θ + c·(u − θ), such as a running mean.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="share">c, in [0, 1].</param>
public readonly struct TowardRule<T>(T share) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T share = share;

    /// <inheritdoc/>
    public static int SlotCount => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T> =>
        TLane.FusedMultiplyAdd(TLane.Broadcast(share), update - parameter, parameter);
}
