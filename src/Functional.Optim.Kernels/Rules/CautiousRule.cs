using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// The update times a factor where it agrees with the gradient (<see cref="AgreementRule{T}"/>), else 0; what is not
/// finite where it does not agree becomes NaN.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="agreement">Where it agrees.</param>
/// <param name="factor">The factor.</param>
internal readonly struct CautiousRule<T>(AgreementRule<T> agreement, T factor) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AgreementRule<T> agreement = agreement;
    private readonly T factor = factor;

    /// <inheritdoc/>
    public static int SlotCount => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
        => agreement.Apply(parameter, update, ref slots, first) * TLane.Broadcast(factor) * update;
}
