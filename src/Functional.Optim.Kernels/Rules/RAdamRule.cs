using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Rectified Adam scaling (Liu et al., 2020): m and v as in <see cref="AdamRule{T}"/>, ρ∞ = 2 / (1 − β₂) − 1,
/// ρ_t = ρ∞ − 2·t·β₂ᵗ / (1 − β₂ᵗ). While ρ_t does not exceed the threshold it passes on m̂, afterwards
/// r_t·m̂·√(1 − β₂ᵗ) / (√v' + ε), or 0 where that divides by 0, with
/// r_t = √((ρ_t − 4)·(ρ_t − 2)·ρ∞ / ((ρ∞ − 4)·(ρ∞ − 2)·ρ_t)).
/// </summary>
/// <remarks>Two slots: m, then v.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct RAdamRule<T> : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> mean;
    private readonly RunningMean<T> squares;
    private readonly bool rectified;
    private readonly T factor;
    private readonly T epsilon;

    /// <summary>The rule for one update.</summary>
    /// <param name="beta1">β₁, in [0, 1).</param>
    /// <param name="beta2">β₂, in [0, 1).</param>
    /// <param name="epsilon">ε, not negative.</param>
    /// <param name="threshold">What ρ_t has to exceed; 4 or more.</param>
    /// <param name="step">t, the number of this update, from 1.</param>
    public RAdamRule(double beta1, double beta2, double epsilon, double threshold, long step)
    {
        mean = new(beta1);
        squares = new(beta2);
        rectified = Rectification.Length(beta2, step) > threshold;
        double rectification = rectified
            ? Math.Sqrt(Rectification.SquaredFactor(beta2, step) * BiasCorrection.Factor(beta2, step))
            : 1;
        factor = T.CreateTruncating(rectification / BiasCorrection.Factor(beta1, step));
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
        slots[first] = m;
        slots[first + 1] = v;
        TLane scaled = m * TLane.Broadcast(factor);
        return rectified ? Quotient.Of<T, TLane>(scaled, TLane.Sqrt(v) + TLane.Broadcast(epsilon)) : scaled;
    }
}
