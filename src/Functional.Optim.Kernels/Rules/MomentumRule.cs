using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>Heavy-ball momentum (Polyak, 1964): m' = μ·m + u, and passes on m'.</summary>
/// <remarks>One slot: m. Dampening is a <see cref="ScaleRule{T}"/> before it.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="momentum">μ.</param>
public readonly struct MomentumRule<T>(T momentum) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T momentum = momentum;

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane trace = TLane.FusedMultiplyAdd(TLane.Broadcast(momentum), slots[first], update);
        slots[first] = trace;
        return trace;
    }
}
