using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// u / max(√v', ε) with v' = β₂·v + (1 − β₂)·u², by whose root mean square StableAdamW (Wortsman et al., 2023) clips;
/// 0 where that divides by 0.
/// </summary>
/// <remarks>Two slots: m, which is left as it is, then v.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta2">β₂, in [0, 1).</param>
/// <param name="epsilon">ε, not negative.</param>
internal readonly struct RootedRatioRule<T>(double beta2, double epsilon) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> squares = new(beta2);
    private readonly T epsilon = T.CreateTruncating(epsilon);

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane root = TLane.Sqrt(squares.NextOfSquare(slots[first + 1], update));
        return Quotient.Of<T, TLane>(update, TLane.Max(root, TLane.Broadcast(epsilon)));
    }
}
