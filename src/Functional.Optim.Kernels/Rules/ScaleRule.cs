using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>Multiplies by a factor: u' = c·u.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="factor">c.</param>
public readonly struct ScaleRule<T>(T factor) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T factor = factor;

    internal T Factor => factor;

    /// <inheritdoc/>
    public static int SlotCount => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
        => TLane.Broadcast(factor) * update;
}
