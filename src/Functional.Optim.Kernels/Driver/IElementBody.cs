using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>Work on single elements, written over lanes.</summary>
internal interface IElementBody<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Works on the elements of one lane, from an index on.</summary>
    void At<TLane>(long index)
        where TLane : struct, ILane<TLane, T>;
}
