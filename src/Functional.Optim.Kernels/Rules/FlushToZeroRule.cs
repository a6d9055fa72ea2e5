using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary><see cref="FlushToZero"/> of the update, for moments that no rule makes.</summary>
/// <remarks>No slots.</remarks>
/// <typeparam name="T">float or double.</typeparam>
internal readonly struct FlushToZeroRule<T> : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public static int SlotCount => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T> => FlushToZero.Of<T, TLane>(update);
}
