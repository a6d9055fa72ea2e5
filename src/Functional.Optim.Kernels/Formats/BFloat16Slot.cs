using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>A slot as <see cref="BFloat16"/> in a loop.</summary>
/// <param name="before">The code with index 0 before the step.</param>
/// <param name="after">The code with index 0 after the step.</param>
/// <param name="random">The random bits of the elements that are stored, in their order.</param>
internal unsafe struct BFloat16Slot<T>(ushort* before, ushort* after, Vector512<uint> random) : ICodedSlot<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ushort* before = before;
    private readonly ushort* after = after;
    private Vector512<uint> random = random;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly LanePair<T, Lane512<T>> Load(long index)
    {
        Prefetch.Line(before + index + Prefetch.Ahead);
        (Vector512<float> lower, Vector512<float> upper) = BFloat16.Decode(Vector512.Load(before + index));
        return new(new(lower.As<float, T>()), new(upper.As<float, T>()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(LanePair<T, Lane512<T>> numbers, long index) =>
        BFloat16.Encode(numbers.Low.Value.AsUInt32(), numbers.High.Value.AsUInt32(), RandomBits.Next(ref random))
            .Store(after + index);
}
