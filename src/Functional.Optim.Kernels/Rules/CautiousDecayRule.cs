using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Adds the decayed parameter where that does not work against the update (cautious weight decay, arXiv:2510.12402):
/// u' = u + λ·θ where u·θ ≥ 0, and u elsewhere. With λ = 0 it passes the update on as it is, whatever θ is.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="decay">λ.</param>
public readonly struct CautiousDecayRule<T>(T decay) : IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DecayRule<T> decay = new(decay);

    internal T Decay => decay.Decay;

    /// <inheritdoc/>
    public static int SlotCount => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TLane Apply<TLane>(TLane parameter, TLane update, ref Slots<TLane> slots, int first)
        where TLane : struct, ILane<TLane, T>
    {
        TLane zero = default;
        // The sign times θ is exact; u·θ may be too small to have one.
        return TLane.SelectGreater(
            zero, Sign.Of<T, TLane>(update) * parameter, update, decay.Apply(parameter, update, ref slots, first));
    }
}
