using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// 1 where the update and the gradient, which is given in the place of the parameters, have the same sign, else 0.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="direction">1, or −1 where the update goes up the gradient.</param>
internal readonly struct AgreementRule<T>(T direction) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T direction = direction;

    /// <inheritdoc/>
    public static int SlotCount => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        // By the signs: a product of small numbers may be 0.
        TLane zero = default, one = TLane.Broadcast(T.One), gradient = TLane.Broadcast(direction) * parameter;
        return TLane.SelectGreater(
            update, zero,
            TLane.SelectGreater(gradient, zero, one, zero),
            TLane.SelectGreater(zero, update, TLane.SelectGreater(zero, gradient, one, zero), zero));
    }
}
