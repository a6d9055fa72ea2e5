using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>Adds the decayed parameter, rounded before: u' = u + λ·θ. Without decay nothing of θ is read.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="decay">λ.</param>
internal readonly struct RoundedDecayRule<T>(T decay) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T decay = decay;

    /// <inheritdoc/>
    public static int SlotCount => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T> =>
        decay == T.Zero ? update : (parameter * TLane.Broadcast(decay)) + update;
}
