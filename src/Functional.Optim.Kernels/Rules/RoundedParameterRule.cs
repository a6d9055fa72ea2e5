using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Makes the new parameter of the update and rounds it to the nearest number of bfloat16: θ' = round(θ − u). Before
/// other rules it passes on what leads there, u' = θ − θ'.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="lands">Whether it returns the new parameter, not an update for <see cref="ApplyRule{T}"/>.</param>
public readonly struct RoundedParameterRule<T>(bool lands) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly bool lands = lands;

    /// <inheritdoc/>
    public static int SlotCount => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane rounded = NearestBFloat16.Of<T, TLane>(parameter - update);
        return lands ? rounded : parameter - rounded;
    }
}
