using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Rprop without backtracking (iRprop⁻: Igel and Hüsken, 2000, after Riedmiller and Braun, 1993): the step size of a
/// parameter grows by η⁺ where its gradient keeps its sign and shrinks by η⁻ where the sign flips, within its limits;
/// there the gradient counts as 0. Hands on sign(g)·size.
/// </summary>
/// <remarks>Two slots: the gradient before (0 at the start), then the step size.</remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="etaMinus">η⁻, in (0, 1).</param>
/// <param name="etaPlus">η⁺, more than 1.</param>
/// <param name="minimumStep">The smallest size, not negative.</param>
/// <param name="maximumStep">The largest size, not below the smallest.</param>
public readonly struct RpropRule<T>(double etaMinus, double etaPlus, double minimumStep, double maximumStep)
    : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T etaMinus = T.CreateTruncating(etaMinus);
    private readonly T etaPlus = T.CreateTruncating(etaPlus);
    private readonly T minimumStep = T.CreateTruncating(minimumStep);
    private readonly T maximumStep = T.CreateTruncating(maximumStep);

    /// <inheritdoc/>
    public static int SlotCount => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane zero = default, sign = Sign.Of<T, TLane>(update);

        // Signs are multiplied, not gradients, whose product could underflow to 0.
        TLane agreement = sign * Sign.Of<T, TLane>(slots[first]);
        TLane shrunkOrKept = TLane.SelectGreater(zero, agreement, TLane.Broadcast(etaMinus), TLane.Broadcast(T.One));
        TLane factor = TLane.SelectGreater(agreement, zero, TLane.Broadcast(etaPlus), shrunkOrKept);
        TLane size = TLane.Min(
            TLane.Max(slots[first + 1] * factor, TLane.Broadcast(minimumStep)), TLane.Broadcast(maximumStep));
        slots[first] = TLane.SelectGreater(zero, agreement, zero, update);
        slots[first + 1] = size;
        return TLane.SelectGreater(zero, agreement, zero, sign * size);
    }
}
