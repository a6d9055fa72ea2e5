using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// D-Adaptation of SGD (Defazio and Mishchenko, 2023): s' = s + a·g, and passes on what leads from θ to μ·θ + (1 −
/// μ)·(θ₀ − s').
/// </summary>
/// <remarks>Two slots: s, then the parameters at the start, which stay.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="penalty">What makes g of the update: its own λ, an L2 penalty.</param>
/// <param name="rate">a.</param>
/// <param name="momentum">μ, in [0, 1).</param>
internal readonly struct DAdaptSgdRule<T>(DecayRule<T> penalty, double rate, double momentum) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DecayRule<T> penalty = penalty;
    private readonly T rate = T.CreateTruncating(rate);
    private readonly T share = T.CreateTruncating(1 - momentum);

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane g = penalty.Apply(parameter, update, ref slots, first);
        TLane s = TLane.FusedMultiplyAdd(TLane.Broadcast(rate), g, slots[first]);
        slots[first] = s;
        return TLane.Broadcast(share) * (parameter - (slots[first + 1] - s));
    }
}

/// <summary>What the D-Adaptation of SGD measures first: g·s, with s before the update.</summary>
/// <remarks>One slot: s.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="penalty">What makes g of the update: its own λ, an L2 penalty.</param>
internal readonly struct DAdaptSgdProducts<T>(DecayRule<T> penalty) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DecayRule<T> penalty = penalty;

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T> => penalty.Apply(parameter, update, ref slots, first) * slots[first];
}

/// <summary>What the D-Adaptation of SGD measures second: s' = s + a·g.</summary>
/// <remarks>One slot: s.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="penalty">What makes g of the update: its own λ, an L2 penalty.</param>
/// <param name="rate">a.</param>
internal readonly struct DAdaptSgdSum<T>(DecayRule<T> penalty, double rate) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DecayRule<T> penalty = penalty;
    private readonly T rate = T.CreateTruncating(rate);

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T> => TLane.FusedMultiplyAdd(
        TLane.Broadcast(rate), penalty.Apply(parameter, update, ref slots, first), slots[first]);
}
