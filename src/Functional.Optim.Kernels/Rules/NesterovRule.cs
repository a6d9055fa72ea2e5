using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Nesterov's momentum (Sutskever et al., 2013, as torch writes it): m' = μ·m + u, and passes on u + μ·m', the update
/// one step ahead.
/// </summary>
/// <remarks>One slot: m.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="momentum">μ.</param>
public readonly struct NesterovRule<T>(T momentum) : IUpdateRule<T>
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
        return TLane.FusedMultiplyAdd(TLane.Broadcast(momentum), trace, update);
    }
}
