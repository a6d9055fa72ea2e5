using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>Multiplies by the size of the parameter: u' = (|θ| + η)·u.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="eta">η.</param>
public readonly struct MagnitudeScaleRule<T>(double eta) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T eta = T.CreateTruncating(eta);

    /// <inheritdoc/>
    public static int SlotCount => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
        => (TLane.Abs(parameter) + TLane.Broadcast(eta)) * update;
}
