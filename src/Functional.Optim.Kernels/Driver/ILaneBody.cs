using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>Work on a range of indices, written over lanes. Different ranges must not touch the same memory.</summary>
internal interface ILaneBody<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Works on the indices [start, end).</summary>
    void Run<TLane>(int start, int end)
        where TLane : struct, ILane<TLane, T>;
}
