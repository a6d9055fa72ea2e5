using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>One block of a slot in a loop; its new numbers are kept until their range is known.</summary>
/// <typeparam name="T">float.</typeparam>
/// <typeparam name="TFormat">The format.</typeparam>
/// <param name="codes">The first code before the step.</param>
/// <param name="scale">The scale before the step.</param>
/// <param name="numbers">Where the new numbers are kept.</param>
internal unsafe struct BlockSlot<T, TFormat>(byte* codes, float scale, float* numbers) : ICodedSlot<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TFormat : IBlockFormat
{
    private readonly byte* codes = codes;
    private readonly float* numbers = numbers;
    private readonly Vector512<float> scale = Vector512.Create(scale);
    private BlockRange range;

    /// <summary>The range of the new numbers.</summary>
    internal readonly BlockRange Range => range;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly LanePair<T, Lane512<T>> Load(long index)
    {
        byte* at = codes + index;
        Prefetch.Line(at + Prefetch.Ahead);
        return new(
            new(TFormat.Decode(Vector128.Load(at), scale).As<float, T>()),
            new(TFormat.Decode(Vector128.Load(at + Vector128<byte>.Count), scale).As<float, T>()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(LanePair<T, Lane512<T>> after, long index)
    {
        Vector512<float> lower = after.Low.Value.AsSingle(), upper = after.High.Value.AsSingle();
        lower.Store(numbers + index);
        upper.Store(numbers + index + Vector512<float>.Count);
        range = range.With(lower).With(upper);
    }
}
