using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Adamax scaling (Kingma and Ba, 2015, section 7): m' = β₁·m + (1 − β₁)·g, n' = max(β₂·n, |g| + ε), and passes on
/// m' / ((1 − β₁ᵗ)·n'), or 0 where that divides by 0.
/// </summary>
/// <remarks>Two slots: m, then n, the infinity norm.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta1">β₁, in [0, 1).</param>
/// <param name="beta2">β₂, in [0, 1).</param>
/// <param name="epsilon">ε, not negative.</param>
/// <param name="step">t, the number of this update, from 1.</param>
public readonly struct AdamaxRule<T>(double beta1, double beta2, double epsilon, long step) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> mean = new(beta1);
    private readonly T beta2 = T.CreateTruncating(beta2);
    private readonly T epsilon = T.CreateTruncating(epsilon);
    private readonly T correction = T.CreateTruncating(1 / BiasCorrection.Factor(beta1, step));

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane m = mean.Next(slots[first], update);
        TLane norm = TLane.Max(TLane.Broadcast(beta2) * slots[first + 1], TLane.Abs(update) + TLane.Broadcast(epsilon));
        slots[first] = m;
        slots[first + 1] = norm;
        return Quotient.Of<T, TLane>(m * TLane.Broadcast(correction), norm);
    }
}
