using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// RMSprop scaling (Tieleman and Hinton, 2012): v' = α·v + (1 − α)·u², and hands on u / (√(v' + ε_r) + ε), or 0 where that divides
/// by 0.
/// </summary>
/// <remarks>One slot: v.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="alpha">α, in [0, 1).</param>
/// <param name="epsilon">ε, not negative.</param>
/// <param name="epsilonRoot">ε_r, not negative.</param>
public readonly struct RmsPropRule<T>(double alpha, double epsilon, double epsilonRoot) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> squares = new(alpha);
    private readonly T epsilon = T.CreateTruncating(epsilon);
    private readonly T epsilonRoot = T.CreateTruncating(epsilonRoot);

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane v = squares.NextOfSquare(slots[first], update);
        slots[first] = v;
        return Quotient.Of<T, TLane>(update, TLane.Sqrt(v + TLane.Broadcast(epsilonRoot)) + TLane.Broadcast(epsilon));
    }
}
