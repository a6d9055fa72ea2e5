using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Adadelta (Zeiler, 2012): v' = ρ·v + (1 − ρ)·u², passes on d = u·√((a + ε) / (v' + ε)), and a' = ρ·a + (1 − ρ)·d²: a
/// is read before its update.
/// </summary>
/// <remarks>Two slots: v, then a.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="rho">ρ, in [0, 1).</param>
/// <param name="epsilon">ε, positive; with 0 nothing would ever move.</param>
public readonly struct AdadeltaRule<T>(double rho, double epsilon) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> mean = new(rho);
    private readonly T epsilon = T.CreateTruncating(epsilon);

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane a = slots[first + 1];
        TLane v = mean.NextOfSquare(slots[first], update);
        TLane delta = TLane.Sqrt(
            Quotient.Of<T, TLane>(a + TLane.Broadcast(epsilon), v + TLane.Broadcast(epsilon))) * update;
        slots[first] = v;
        slots[first + 1] = mean.NextOfSquare(a, delta);
        return delta;
    }
}
