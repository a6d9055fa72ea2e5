using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Sophia-G scaling (Liu et al., 2023): m' = β₁·m + (1 − β₁)·u, and passes on sign(m')·min(|m'| / (ρ·h + ε), 1); h
/// stays as it is.
/// </summary>
/// <remarks>
/// Two slots: m, then h. There is no division by 0: where ρ·h + ε is no more than |m'|, it is the sign that counts.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta1">β₁, in [0, 1).</param>
/// <param name="scale">ρ, what h is multiplied by; not negative.</param>
/// <param name="epsilon">ε, not negative.</param>
public readonly struct SophiaGRule<T>(double beta1, double scale, double epsilon) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> mean = new(beta1);
    private readonly T scale = T.CreateTruncating(scale);
    private readonly T epsilon = T.CreateTruncating(epsilon);

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane m = mean.Next(slots[first], update);
        slots[first] = m;
        TLane limit = TLane.FusedMultiplyAdd(
            TLane.Broadcast(scale), slots[first + 1], TLane.Broadcast(epsilon));
        return TLane.SelectGreater(limit, TLane.Abs(m), m / limit, Sign.Of<T, TLane>(m));
    }
}
