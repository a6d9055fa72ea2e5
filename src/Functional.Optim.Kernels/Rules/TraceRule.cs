using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Heavy-ball momentum: m' = μ·m + (1 − τ)·u; hands on m', or with Nesterov u + μ·m' (Sutskever et al., 2013, as torch writes it).
/// </summary>
/// <remarks>One slot: m. At the first step pass a fresh factor of 1, so that m' = u (torch's convention).</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="momentum">μ.</param>
/// <param name="fresh">1 − τ, with τ the dampening.</param>
/// <param name="nesterov">Whether to look ahead.</param>
public readonly struct TraceRule<T>(T momentum, T fresh, bool nesterov) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T momentum = momentum;
    private readonly T fresh = fresh;
    private readonly bool nesterov = nesterov;

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane trace = TLane.FusedMultiplyAdd(TLane.Broadcast(momentum), slots[first], TLane.Broadcast(fresh) * update);
        TLane handedOn = nesterov ? TLane.FusedMultiplyAdd(TLane.Broadcast(momentum), trace, update) : trace;
        slots[first] = trace;
        return handedOn;
    }
}
