using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// ADOPT scaling (Taniguchi et al., 2024): n = u / max(√v, ε) with v of the update before, limited to ±c; m' = β₁·m +
/// (1 − β₁)·n, v' = β₂·v + (1 − β₂)·u², and passes on m'. The first update makes v' = u² only, and passes on 0.
/// </summary>
/// <remarks>Two slots: m, then v. n is 0 where ε is 0 and there was no gradient yet.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta1">β₁, in [0, 1).</param>
/// <param name="beta2">β₂, in [0, 1).</param>
/// <param name="epsilon">ε, not negative.</param>
/// <param name="limit">c, not negative; infinity for no limit.</param>
/// <param name="isFirst">Whether this is the first update.</param>
public readonly struct AdoptRule<T>(double beta1, double beta2, double epsilon, double limit, bool isFirst)
    : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> mean = new(beta1);
    private readonly RunningMean<T> squares = new(beta2);
    private readonly ClipByValueRule<T> clip = new(T.CreateTruncating(limit));
    private readonly T epsilon = T.CreateTruncating(epsilon);
    private readonly bool isFirst = isFirst;

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane v = slots[first + 1];
        if (isFirst)
        {
            slots[first + 1] = update * update;
            return default;
        }

        TLane divisor = TLane.Max(TLane.Sqrt(v), TLane.Broadcast(epsilon));
        TLane normed = clip.Apply(parameter, Quotient.Of<T, TLane>(update, divisor), ref slots, first);
        TLane m = mean.Next(slots[first], normed);
        slots[first] = m;
        slots[first + 1] = squares.NextOfSquare(v, update);
        return m;
    }
}
