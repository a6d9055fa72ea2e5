using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// The mean of the numbers that come one after the other: with w = 1/n at the n-th, θ' = θ + w·(u − θ), the mean so far
/// being θ. It is computed as w·u + (θ − w·θ), which does not overflow where u and θ do not.
/// </summary>
/// <remarks>It passes on the new mean itself.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="weight">w, in [0, 1].</param>
public readonly struct MeanRule<T>(double weight) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T weight = T.CreateTruncating(weight);

    /// <inheritdoc/>
    public static int SlotCount => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
        => TLane.FusedMultiplyAdd(
            TLane.Broadcast(weight), update, TLane.FusedMultiplyAdd(TLane.Broadcast(-weight), parameter, parameter));
}
