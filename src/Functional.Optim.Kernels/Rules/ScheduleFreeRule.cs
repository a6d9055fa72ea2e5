using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Schedule-Free (Defazio et al., 2024): the parameter y = β·x + (1 − β)·z lies between the average x and the fast
/// point z. Given the update u of z, z' = z − u, x' = (1 − c)·x + c·z', and passes on what leads from y to y' = β·x' +
/// (1 − β)·z': u' = c·(y − z) + (1 − β·(1 − c))·u. With decay at z the move of z is u + λ·z.
/// </summary>
/// <remarks>One slot: z, the parameters at the start. x is not kept: x = y + (1 − 1/β)·(z − y).</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta">β, in (0, 1).</param>
/// <param name="weight">c, the weight of the new z in the average, in [0, 1].</param>
/// <param name="decay">λ at z, times the rate; 0 for none.</param>
public readonly struct ScheduleFreeRule<T>(double beta, double weight, double decay = 0) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T weight = T.CreateTruncating(weight);
    private readonly T share = T.CreateTruncating(1 - (beta * (1 - weight)));
    private readonly T decay = T.CreateTruncating(decay);
    private readonly bool decays = decay != 0;

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane fast = slots[first],
            move = decays ? TLane.FusedMultiplyAdd(TLane.Broadcast(decay), fast, update) : update;
        slots[first] = fast - move;
        return TLane.FusedMultiplyAdd(TLane.Broadcast(share), move, TLane.Broadcast(weight) * (parameter - fast));
    }
}
