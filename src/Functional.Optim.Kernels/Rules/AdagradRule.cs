using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Adagrad scaling (Duchi, Hazan and Singer, 2011): s' = s + u², and passes on u / (√(s' + ε_r) + ε), or 0 where that
/// divides by 0.
/// </summary>
/// <remarks>One slot: s.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="epsilon">ε, not negative.</param>
/// <param name="epsilonRoot">ε_r, not negative.</param>
public readonly struct AdagradRule<T>(double epsilon, double epsilonRoot) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T epsilon = T.CreateTruncating(epsilon);
    private readonly T epsilonRoot = T.CreateTruncating(epsilonRoot);

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane sum = TLane.FusedMultiplyAdd(update, update, slots[first]);
        slots[first] = sum;
        return Quotient.Of<T, TLane>(update, TLane.Sqrt(sum + TLane.Broadcast(epsilonRoot)) + TLane.Broadcast(epsilon));
    }
}
