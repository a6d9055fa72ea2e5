using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>u / max(√v', least) with v' = β·v + (1 − β)·u² + c: Adafactor's quotient of what it does not factor.</summary>
/// <remarks>One slot: v.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="beta">β, in [0, 1).</param>
/// <param name="constant">c, not negative.</param>
/// <param name="least">The least divisor; positive, so that 0 / 0 is 0.</param>
internal readonly struct MeanOfSquaresRule<T>(double beta, double constant, T least) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly RunningMean<T> squares = new(beta);
    private readonly T constant = T.CreateTruncating(constant);
    private readonly T least = least;

    /// <inheritdoc/>
    public static int SlotCount => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane v = squares.NextOfSquare(slots[first], update, TLane.Broadcast(constant));
        slots[first] = v;
        return update / TLane.Max(TLane.Sqrt(v), TLane.Broadcast(least));
    }
}
