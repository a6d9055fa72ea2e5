using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>The addresses one elementwise pass reads and writes; outputs may be the inputs.</summary>
internal unsafe struct PassMemory<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    internal T* Parameters;
    internal T* Updates;
    internal T* Output;
    internal fixed long SlotsIn[Slots<ScalarLane<float>>.Capacity];
    internal fixed long SlotsOut[Slots<ScalarLane<float>>.Capacity];
    internal bool NonTemporal;

    internal readonly T* SlotIn(int slot) => (T*)SlotsIn[slot];

    internal readonly T* SlotOut(int slot) => (T*)SlotsOut[slot];
}
