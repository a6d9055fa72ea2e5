using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Adam scaling (Kingma and Ba, 2015): m' = β₁·m + (1 − β₁)·u, v' = β₂·v + (1 − β₂)·u², and passes on m̂ / (√v̂ + ε)
/// with m̂ = m' / (1 − β₁ᵗ), v̂ = v' / (1 − β₂ᵗ); ε stands outside the root, after the bias correction. Without ε it is
/// 0 where there was no gradient yet, as in the other scalings; in torch and Optax it is NaN.
/// </summary>
/// <remarks>Two slots: m, then v.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct AdamRule<T> : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> mean;
    private readonly RunningMean<T> squares;
    private readonly T firstCorrection;
    private readonly T rootOfSecondCorrection;
    private readonly T epsilon;

    /// <summary>The rule for one update.</summary>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε, not negative.</param>
    /// <param name="biasCorrection">Whether to divide by 1 − βᵗ; without it m̂ = m' and v̂ = v'.</param>
    /// <param name="step">t, the number of this update, from 1.</param>
    public AdamRule(double beta1, double beta2, double epsilon, bool biasCorrection, long step)
    {
        double first = biasCorrection ? BiasCorrection.Factor(beta1, step) : 1;
        double second = biasCorrection ? BiasCorrection.Factor(beta2, step) : 1;
        mean = new(beta1);
        squares = new(beta2);
        firstCorrection = T.CreateTruncating(1 / first);
        rootOfSecondCorrection = T.CreateTruncating(1 / Math.Sqrt(second));
        this.epsilon = T.CreateTruncating(epsilon);
    }

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane m = mean.Next(slots[first], update);
        TLane v = squares.NextOfSquare(slots[first + 1], update);
        TLane root = TLane.FusedMultiplyAdd(
            TLane.Sqrt(v), TLane.Broadcast(rootOfSecondCorrection), TLane.Broadcast(epsilon));
        slots[first] = m;
        slots[first + 1] = v;
        TLane corrected = m * TLane.Broadcast(firstCorrection);
        return epsilon > T.Zero ? corrected / root : Quotient.Of<T, TLane>(corrected, root);
    }
}
