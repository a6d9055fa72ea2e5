using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>A slot in a loop that decodes and encodes it in registers, 32 elements at a time.</summary>
/// <typeparam name="T">float.</typeparam>
internal interface ICodedSlot<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The numbers from an index on, before the step.</summary>
    LanePair<T, Lane512<T>> Load(long index);

    /// <summary>Takes the numbers from an index on, after the step.</summary>
    void Store(LanePair<T, Lane512<T>> numbers, long index);
}
