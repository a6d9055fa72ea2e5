using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// AdaBelief scaling (Zhuang et al., 2020): m' = β₁·m + (1 − β₁)·u, s' = β₂·s + (1 − β₂)·(u − m')² + ε_r, and passes on
/// m̂ / (√ŝ + ε), or 0 where that divides by 0.
/// </summary>
/// <remarks>Two slots: m, then s.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta1">β₁, in [0, 1).</param>
/// <param name="beta2">β₂, in [0, 1).</param>
/// <param name="epsilon">ε, not negative.</param>
/// <param name="epsilonRoot">ε_r, not negative.</param>
/// <param name="step">t, the number of this update, from 1.</param>
public readonly struct AdaBeliefRule<T>(double beta1, double beta2, double epsilon, double epsilonRoot, long step)
    : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> mean = new(beta1);
    private readonly RunningMean<T> deviation = new(beta2);
    private readonly T epsilon = T.CreateTruncating(epsilon);
    private readonly T epsilonRoot = T.CreateTruncating(epsilonRoot);
    private readonly T firstCorrection = T.CreateTruncating(1 / BiasCorrection.Factor(beta1, step));
    private readonly T rootOfSecondCorrection = T.CreateTruncating(1 / Math.Sqrt(BiasCorrection.Factor(beta2, step)));

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane m = mean.Next(slots[first], update);
        TLane surprise = update - m;
        TLane s = deviation.NextOfSquare(slots[first + 1], surprise, TLane.Broadcast(epsilonRoot));
        TLane root = TLane.FusedMultiplyAdd(
            TLane.Sqrt(s), TLane.Broadcast(rootOfSecondCorrection), TLane.Broadcast(epsilon));
        slots[first] = m;
        slots[first + 1] = s;
        return Quotient.Of<T, TLane>(m * TLane.Broadcast(firstCorrection), root);
    }
}
