using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

/// <summary>Where an operation adds its part of an input's gradient. The first part is written, not added, which saves clearing.</summary>
internal readonly unsafe struct GradientSink<T>(T* address, int length, bool accumulate)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The gradient; null when nobody wants it.</summary>
    internal T* Address => address;

    /// <summary>Whether there is something already that must be added to.</summary>
    internal bool Accumulate => accumulate;

    internal bool IsWanted => address is not null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add<TLane>(long index, TLane part)
        where TLane : struct, ILane<TLane, T>
    {
        if (accumulate) TLane.Store(TLane.Load(address + index) + part, address + index);
        else TLane.Store(part, address + index);
    }

    /// <summary>This sink with zeros to add to, for an operation that does not write every element once.</summary>
    internal GradientSink<T> Cleared()
    {
        if (!accumulate && IsWanted) new Span<T>(address, length).Clear();
        return new GradientSink<T>(address, length, accumulate: true);
    }

    /// <summary>The rest of this sink from an element on; nowhere stays nowhere.</summary>
    internal GradientSink<T> From(long index) => IsWanted ? new(address + index, length - (int)index, accumulate) : this;
}
