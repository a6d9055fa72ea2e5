using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// AdEMAMix scaling without a fast mean (β₁ = 0): s' = β₃·s + (1 − β₃)·u, v' = β₂·v + (1 − β₂)·u², and passes on
/// (u + α·s') / (√v̂ + ε), or 0 where that divides by 0.
/// </summary>
/// <remarks>Two slots: s, then v.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta2">β₂, in [0, 1).</param>
/// <param name="beta3">β₃ of this update, in [0, 1).</param>
/// <param name="alpha">α of this update; finite.</param>
/// <param name="epsilon">ε, not negative.</param>
/// <param name="step">t, the number of this update, from 1.</param>
public readonly struct AdEmaMixOfGradientRule<T>(double beta2, double beta3, double alpha, double epsilon, long step)
    : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> slowMean = new(beta3);
    private readonly RunningMean<T> squares = new(beta2);
    private readonly T alpha = T.CreateTruncating(alpha);
    private readonly T epsilon = T.CreateTruncating(epsilon);
    private readonly T root = T.CreateTruncating(1 / Math.Sqrt(BiasCorrection.Factor(beta2, step)));

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T> => Mix(update, update, ref slots, first);

    /// <summary>The update of a fast mean.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TLane Mix<TLane>(TLane fast, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane slow = slowMean.Next(slots[first], update);
        TLane v = squares.NextOfSquare(slots[first + 1], update);
        slots[first] = slow;
        slots[first + 1] = v;
        TLane divisor = TLane.FusedMultiplyAdd(TLane.Sqrt(v), TLane.Broadcast(root), TLane.Broadcast(epsilon));
        return Quotient.Of<T, TLane>(TLane.FusedMultiplyAdd(TLane.Broadcast(alpha), slow, fast), divisor);
    }
}
