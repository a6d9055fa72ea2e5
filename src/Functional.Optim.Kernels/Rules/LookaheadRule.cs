using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Lookahead (Zhang, Lucas, Hinton and Ba, 2019): hands the update on, and every k-th time draws the slow parameters
/// towards the fast ones, s' = s + α·(θ − u − s), and passes on what leads there, u' = θ − s'. In floating point θ − u'
/// is s' to rounding only, so at the end of a step it can pass on the new parameter itself, θ' = s', and θ − u the
/// other times.
/// </summary>
/// <remarks>One slot: s, the parameters at the start.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="alpha">α.</param>
/// <param name="draws">Whether this is a k-th time.</param>
/// <param name="lands">Whether it passes on the new parameter, not an update for <see cref="ApplyRule{T}"/>.</param>
public readonly struct LookaheadRule<T>(T alpha, bool draws, bool lands = false) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T alpha = alpha;
    private readonly bool draws = draws;
    private readonly bool lands = lands;

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        if (!draws) return lands ? parameter - update : update;
        TLane slow = slots[first];
        slow = TLane.FusedMultiplyAdd(TLane.Broadcast(alpha), parameter - update - slow, slow);
        slots[first] = slow;
        return lands ? slow : parameter - slow;
    }
}
