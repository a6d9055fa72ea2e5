using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// AMSGrad scaling (Reddi, Kale and Kumar, 2018): m and v as in <see cref="AdamRule{T}"/>, x' = max(x, v'), and passes
/// on m̂ / (√x̂ + ε), or 0 where that divides by 0.
/// </summary>
/// <remarks>Three slots: m, v, then x.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct AmsGradRule<T> : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> mean;
    private readonly RunningMean<T> squares;
    private readonly T firstCorrection;
    private readonly T correctionBefore;
    private readonly T rootOfCorrectionAfter;
    private readonly T epsilon;

    /// <summary>The rule for one update.</summary>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε, not negative.</param>
    /// <param name="biasCorrection">Whether to divide by 1 − βᵗ.</param>
    /// <param name="correctFirst">Whether x is the largest v̂ (Optax) rather than the largest v (torch).</param>
    /// <param name="step">t, the number of this update, from 1.</param>
    public AmsGradRule(double beta1, double beta2, double epsilon, bool biasCorrection, bool correctFirst, long step)
    {
        double first = biasCorrection ? 1 / BiasCorrection.Factor(beta1, step) : 1;
        double second = biasCorrection ? 1 / BiasCorrection.Factor(beta2, step) : 1;
        mean = new(beta1);
        squares = new(beta2);
        this.epsilon = T.CreateTruncating(epsilon);
        firstCorrection = T.CreateTruncating(first);
        correctionBefore = correctFirst ? T.CreateTruncating(second) : T.One;
        rootOfCorrectionAfter = correctFirst ? T.One : T.CreateTruncating(Math.Sqrt(second));
    }

    /// <inheritdoc/>
    public static int SlotCount => 3;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane m = mean.Next(slots[first], update);
        TLane v = squares.NextOfSquare(slots[first + 1], update);
        TLane largest = TLane.Max(slots[first + 2], v * TLane.Broadcast(correctionBefore));
        TLane root = TLane.FusedMultiplyAdd(
            TLane.Sqrt(largest), TLane.Broadcast(rootOfCorrectionAfter), TLane.Broadcast(epsilon));
        slots[first] = m;
        slots[first + 1] = v;
        slots[first + 2] = largest;
        TLane corrected = m * TLane.Broadcast(firstCorrection);
        return epsilon > T.Zero ? corrected / root : Quotient.Of<T, TLane>(corrected, root);
    }
}
