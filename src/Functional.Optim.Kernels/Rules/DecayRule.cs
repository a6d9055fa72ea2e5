using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Adds the decayed parameter: u' = u + λ·θ. Before the moments it is L2 regularization (coupled); after them it is
/// decoupled weight decay (Loshchilov and Hutter, 2019), which with the learning rate after it shrinks θ by 1 − η·λ.
/// With λ = 0 it passes the update on as it is, whatever θ is.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="decay">λ.</param>
public readonly struct DecayRule<T>(T decay) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T decay = decay;
    private readonly bool decays = decay != T.Zero;

    internal T Decay => decay;

    /// <inheritdoc/>
    public static int SlotCount => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
        // Without decay nothing of θ is read: 0·∞ would be NaN.
        => decays ? TLane.FusedMultiplyAdd(TLane.Broadcast(decay), parameter, update) : update;
}
