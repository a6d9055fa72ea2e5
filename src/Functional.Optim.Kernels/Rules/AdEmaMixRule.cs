using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// AdEMAMix scaling (Pagliardini, Ablin and Grangier, 2024): m' = β₁·m + (1 − β₁)·u, s' = β₃·s + (1 − β₃)·u, v' = β₂·v
/// + (1 − β₂)·u², and passes on (m' / (1 − β₁ᵗ) + α·s') / (√v̂ + ε), or 0 where that divides by 0.
/// </summary>
/// <remarks>Three slots: m, s, then v.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta1">β₁, in [0, 1).</param>
/// <param name="beta2">β₂, in [0, 1).</param>
/// <param name="beta3">β₃ of this update, in [0, 1).</param>
/// <param name="alpha">α of this update; finite.</param>
/// <param name="epsilon">ε, not negative.</param>
/// <param name="step">t, the number of this update, from 1.</param>
public readonly struct AdEmaMixRule<T>(
    double beta1, double beta2, double beta3, double alpha, double epsilon, long step) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> mean = new(beta1);
    private readonly AdEmaMixOfGradientRule<T> mix = new(beta2, beta3, alpha, epsilon, step);
    private readonly T correction = T.CreateTruncating(1 / BiasCorrection.Factor(beta1, step));

    /// <inheritdoc/>
    public static int SlotCount => 3;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane m = mean.Next(slots[first], update);
        slots[first] = m;
        return mix.Mix(m * TLane.Broadcast(correction), update, ref slots, first + 1);
    }
}
