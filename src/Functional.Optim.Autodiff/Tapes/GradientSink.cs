using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

/// <summary>
/// The destination of an operation's contribution to the gradient of an input. The first contribution is written, later
/// ones are added, so the gradient need not be cleared.
/// </summary>
internal readonly unsafe struct GradientSink<T>(T* address, int length, bool accumulate)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The gradient; null when it is not needed.</summary>
    internal T* Address => address;

    /// <summary>Whether there is an earlier contribution, to which the next one must be added.</summary>
    internal bool Accumulate => accumulate;

    internal bool IsWanted => address is not null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add<TLane>(long index, TLane part)
        where TLane : struct, ILane<TLane, T>
    {
        if (accumulate) TLane.Store(TLane.Load(address + index) + part, address + index);
        else TLane.Store(part, address + index);
    }

    /// <summary>
    /// This sink, cleared if it is new, for an operation that does not write every element exactly once.
    /// </summary>
    internal GradientSink<T> Cleared()
    {
        if (!accumulate && IsWanted) new Span<T>(address, length).Clear();
        return new GradientSink<T>(address, length, accumulate: true);
    }

    /// <summary>The part of this sink from an index on; a sink that is not needed stays so.</summary>
    internal GradientSink<T> From(long index) =>
        IsWanted ? new(address + index, length - (int)index, accumulate) : this;
}
