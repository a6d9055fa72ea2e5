using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Averages the parameter that the update leads to (Polyak and Juditsky, 1992): a' = a + μ·(θ − u − a), and hands the
/// update on as it is.
/// </summary>
/// <remarks>One slot: a. The last rule before the parameter moves.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="weight">μ, in [0, 1]; with 1 the average is the new parameter itself, with 0 it stays bit for
/// bit.</param>
public readonly struct AveragingRule<T>(double weight) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T weight = T.CreateTruncating(weight);
    private readonly bool copies = weight == 1;
    private readonly bool stays = weight == 0;

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        if (stays) return update;
        TLane moved = parameter - update, average = slots[first];
        slots[first] = copies ? moved : TLane.FusedMultiplyAdd(TLane.Broadcast(weight), moved - average, average);
        return update;
    }
}
