using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// The exponential moving average of the update: m' = β·m + (1 − β)·u; passes on m' times a correction.
/// </summary>
/// <remarks>One slot: m.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="decay">β, in [0, 1).</param>
/// <param name="correction">1 / (1 − βᵗ), or 1.</param>
public readonly struct EmaRule<T>(double decay, T correction) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> average = new(decay);
    private readonly T correction = correction;

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane mean = average.Next(slots[first], update);
        slots[first] = mean;
        return mean * TLane.Broadcast(correction);
    }
}
