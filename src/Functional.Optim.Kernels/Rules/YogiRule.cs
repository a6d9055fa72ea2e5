using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Yogi scaling (Zaheer et al., 2018): m' = β₁·m + (1 − β₁)·u, v' = v − (1 − β₂)·sign(v − u²)·u², and passes on m' /
/// (√v' + ε), or 0 where that divides by 0; with bias correction of both moments if asked for.
/// </summary>
/// <remarks>Two slots: m, then v.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct YogiRule<T> : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> mean;
    private readonly T fresh;
    private readonly T epsilon;
    private readonly T firstCorrection;
    private readonly T rootOfSecondCorrection;

    /// <summary>The rule for one update.</summary>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε, not negative.</param>
    /// <param name="biasCorrection">Whether to divide the moments by 1 − βᵗ.</param>
    /// <param name="step">t, the number of this update, from 1.</param>
    public YogiRule(double beta1, double beta2, double epsilon, bool biasCorrection, long step)
    {
        mean = new(beta1);
        fresh = T.CreateTruncating(1 - beta2);
        this.epsilon = T.CreateTruncating(epsilon);
        firstCorrection = biasCorrection ? T.CreateTruncating(1 / BiasCorrection.Factor(beta1, step)) : T.One;
        rootOfSecondCorrection = biasCorrection
            ? T.CreateTruncating(1 / Math.Sqrt(BiasCorrection.Factor(beta2, step)))
            : T.One;
    }

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane m = mean.Next(slots[first], update);
        TLane before = slots[first + 1], square = update * update, change = TLane.Broadcast(fresh) * update * update;

        // The sum is chosen, not the sign multiplied in: squares beyond the range would make 0·∞ of equal ones.
        TLane grownOrKept = TLane.SelectGreater(square, before, before + change, before);
        TLane v = TLane.SelectGreater(before, square, before - change, grownOrKept);
        TLane root = TLane.FusedMultiplyAdd(
            TLane.Sqrt(v), TLane.Broadcast(rootOfSecondCorrection), TLane.Broadcast(epsilon));
        slots[first] = m;
        slots[first + 1] = v;
        return Quotient.Of<T, TLane>(m * TLane.Broadcast(firstCorrection), root);
    }
}
