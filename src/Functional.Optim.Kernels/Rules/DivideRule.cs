using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>Divides by a number: u' = u / d.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="divisor">d.</param>
internal readonly struct DivideRule<T>(T divisor) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T divisor = divisor;

    /// <inheritdoc/>
    public static int SlotCount => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T> => update / TLane.Broadcast(divisor);
}
