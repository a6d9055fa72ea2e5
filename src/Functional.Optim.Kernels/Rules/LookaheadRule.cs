using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Lookahead (Zhang, Lucas, Hinton and Ba, 2019): hands the update on, and every k-th time draws the slow parameters towards the fast
/// ones, s' = s + α·(θ − u − s), and hands on what leads there, u' = θ − s'.
/// </summary>
/// <remarks>One slot: s, the parameters at the start.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="alpha">α.</param>
/// <param name="draws">Whether this is a k-th time.</param>
public readonly struct LookaheadRule<T>(T alpha, bool draws) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T alpha = alpha;
    private readonly bool draws = draws;

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        if (!draws) return update;
        TLane slow = slots[first];
        slow = TLane.FusedMultiplyAdd(TLane.Broadcast(alpha), parameter - update - slow, slow);
        slots[first] = slow;
        return parameter - slow;
    }
}
