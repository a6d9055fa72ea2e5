using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Centered RMSprop scaling (Graves, 2013): v as in <see cref="RmsPropRule{T}"/>, a' = α·a + (1 − α)·u, and passes on
/// u / (√(max(v' − a'², 0) + ε_r) + ε), or 0 where that divides by 0.
/// </summary>
/// <remarks>
/// Two slots: v, then a. The difference is rounded once, and is not below 0, which the rounding could make it.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="alpha">α, in [0, 1).</param>
/// <param name="epsilon">ε, not negative.</param>
/// <param name="epsilonRoot">ε_r, not negative.</param>
public readonly struct CenteredRmsPropRule<T>(double alpha, double epsilon, double epsilonRoot) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> mean = new(alpha);
    private readonly T epsilon = T.CreateTruncating(epsilon);
    private readonly T epsilonRoot = T.CreateTruncating(epsilonRoot);

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane v = mean.NextOfSquare(slots[first], update);
        TLane a = mean.Next(slots[first + 1], update);
        TLane variance = TLane.Max(TLane.FusedMultiplyAdd(TLane.Broadcast(T.NegativeOne) * a, a, v), default);
        slots[first] = v;
        slots[first + 1] = a;
        return Quotient.Of<T, TLane>(
            update, TLane.Sqrt(variance + TLane.Broadcast(epsilonRoot)) + TLane.Broadcast(epsilon));
    }
}
