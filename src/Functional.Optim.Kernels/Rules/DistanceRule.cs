using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>What an update is from the mean that takes it in: passes on u − m'.</summary>
/// <remarks>One slot: m.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="mean">m'.</param>
internal readonly struct DistanceRule<T>(ScaledMeanRule<T> mean) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ScaledMeanRule<T> mean = mean;

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T> => update - mean.Apply(parameter, update, ref slots, first);
}
