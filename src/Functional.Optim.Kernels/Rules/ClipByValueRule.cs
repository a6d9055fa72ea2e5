using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>Limits each element: u' = min(max(u, −c), c). NaN stays NaN.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="limit">c, not negative.</param>
public readonly struct ClipByValueRule<T>(T limit) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T least = -limit;
    private readonly T most = limit;

    /// <inheritdoc/>
    public static int SlotCount => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
        => TLane.Min(TLane.Max(update, TLane.Broadcast(least)), TLane.Broadcast(most));
}
