using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// RMSprop scaling (Tieleman and Hinton, 2012): v' = α·v + (1 − α)·u², and passes on u / (√(v' + ε_r) + ε), or 0 where
/// that divides by 0. With bias correction it passes on u / (√(v' + ε_r) / √(1 − αᵗ) + ε): Adam's scaling without a
/// first moment. It may pass u on as it is, while too few squares are in v.
/// </summary>
/// <remarks>One slot: v.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="alpha">α, in [0, 1).</param>
/// <param name="epsilon">ε, not negative.</param>
/// <param name="epsilonRoot">ε_r, not negative.</param>
/// <param name="step">t, the number of this update, from 1, for bias correction; 0 for none.</param>
/// <param name="divides">Whether u is divided, and not passed on as it is.</param>
public readonly struct RmsPropRule<T>(
    double alpha, double epsilon, double epsilonRoot, long step = 0, bool divides = true) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> squares = new(alpha);
    private readonly T epsilon = T.CreateTruncating(epsilon);
    private readonly T epsilonRoot = T.CreateTruncating(epsilonRoot);
    private readonly T correction = step > 0
        ? T.CreateTruncating(1 / Math.Sqrt(BiasCorrection.Factor(alpha, step)))
        : T.One;

    private readonly bool divides = divides;

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane v = squares.NextOfSquare(slots[first], update);
        slots[first] = v;
        if (!divides) return update;
        TLane root = TLane.Sqrt(v + TLane.Broadcast(epsilonRoot));
        return Quotient.Of<T, TLane>(
            update, TLane.FusedMultiplyAdd(root, TLane.Broadcast(correction), TLane.Broadcast(epsilon)));
    }
}
