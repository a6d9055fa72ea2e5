using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Schedule-Free (Defazio et al., 2024): the parameter y = β·x + (1 − β)·z lies between the average x and the fast
/// point z. Given the update u of z, z' = z − u, x' = (1 − c)·x + c·z', and passes on what leads from y to y' = β·x' +
/// (1 − β)·z': u' = c·(y − z) + (1 − β·(1 − c))·u.
/// </summary>
/// <remarks>One slot: z, the parameters at the start. x is not kept: x = y + (1 − 1/β)·(z − y).</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta">β, in (0, 1).</param>
/// <param name="weight">c, the weight of the new z in the average, in [0, 1].</param>
public readonly struct ScheduleFreeRule<T>(double beta, double weight) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T weight = T.CreateTruncating(weight);
    private readonly T share = T.CreateTruncating(1 - (beta * (1 - weight)));

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane fast = slots[first];
        slots[first] = fast - update;
        return TLane.FusedMultiplyAdd(TLane.Broadcast(share), update, TLane.Broadcast(weight) * (parameter - fast));
    }
}
