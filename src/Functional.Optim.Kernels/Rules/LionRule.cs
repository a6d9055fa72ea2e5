using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>Lion (Chen et al., 2023): passes on sign(β₁·m + (1 − β₁)·u), and m' = β₂·m + (1 − β₂)·u.</summary>
/// <remarks>One slot: m. The sign of 0 is 0.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta1">β₁, in [0, 1).</param>
/// <param name="beta2">β₂, in [0, 1).</param>
public readonly struct LionRule<T>(double beta1, double beta2) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> direction = new(beta1);
    private readonly RunningMean<T> mean = new(beta2);

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane m = slots[first];
        slots[first] = mean.Next(m, update);
        return Sign.Of<T, TLane>(direction.Next(m, update));
    }
}
