using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Makes the new parameter of the update, rounds it to the nearest number of bfloat16, and keeps what the rounding took
/// away for the next update (Kahan, 1965, doi:10.1145/363707.363723): with d = c − u, θ' = round(θ + d) and
/// c' = d − (θ' − θ). Before other rules it passes on what leads there, u' = θ − θ'.
/// </summary>
/// <remarks>One slot: c, the compensation, 0 at the start. θ + c is the parameter as it would be unrounded.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="lands">Whether it returns the new parameter, not an update for <see cref="ApplyRule{T}"/>.</param>
public readonly struct KahanParameterRule<T>(bool lands) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly bool lands = lands;

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane change = slots[first] - update;
        TLane rounded = NearestBFloat16.Of<T, TLane>(parameter + change);
        slots[first] = change - (rounded - parameter);
        return lands ? rounded : parameter - rounded;
    }
}
