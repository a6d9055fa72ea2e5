using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>The mean of scaled updates: m' = β·m + s·u; passes on m'.</summary>
/// <remarks>One slot: m.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta">β.</param>
/// <param name="scale">s.</param>
internal readonly struct ScaledMeanRule<T>(T beta, T scale) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T beta = beta;
    private readonly T scale = scale;

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T> =>
        slots[first] = (update * TLane.Broadcast(scale)) + (slots[first] * TLane.Broadcast(beta));
}
