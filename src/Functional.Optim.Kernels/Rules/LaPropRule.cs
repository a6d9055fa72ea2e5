using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// LaProp scaling (Ziyin, Wang and Ueda, 2020): v' = β₂·v + (1 − β₂)·u², m' = β₁·m + (1 − β₁)·η·u / (√v̂ + ε), and
/// passes on m' / L, or 0 where a division is by 0.
/// </summary>
/// <remarks>Two slots: m, then v.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta1">β₁, in [0, 1).</param>
/// <param name="beta2">β₂, in [0, 1).</param>
/// <param name="epsilon">ε, not negative.</param>
/// <param name="rate">η, the rate of this update; not negative.</param>
/// <param name="meanRate">L, the running mean of the rates; not negative.</param>
/// <param name="step">t, the number of this update, from 1.</param>
public readonly struct LaPropRule<T>(
    double beta1, double beta2, double epsilon, double rate, double meanRate, long step) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> mean = new(beta1);
    private readonly RunningMean<T> squares = new(beta2);
    private readonly T epsilon = T.CreateTruncating(epsilon);
    private readonly T rate = T.CreateTruncating(rate);
    private readonly T correction = T.CreateTruncating(meanRate == 0 ? 0 : 1 / meanRate);
    private readonly T root = T.CreateTruncating(1 / Math.Sqrt(BiasCorrection.Factor(beta2, step)));

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane v = squares.NextOfSquare(slots[first + 1], update);
        TLane divisor = TLane.FusedMultiplyAdd(TLane.Sqrt(v), TLane.Broadcast(root), TLane.Broadcast(epsilon));
        TLane m = mean.Next(slots[first], Quotient.Of<T, TLane>(update, divisor) * TLane.Broadcast(rate));
        slots[first] = m;
        slots[first + 1] = v;
        return m * TLane.Broadcast(correction);
    }
}
