using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>Blocks of <see cref="Float8Code"/>.</summary>
internal readonly unsafe struct Float8Blocks : IBlockFormat
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Decode(Vector128<byte> codes, Vector512<float> scale) =>
        Float8Code.Decode(codes, scale);

    public static float Encode(
        float* numbers, in BlockRange range, byte* codes, int count, Vector512<uint> random)
    {
        float largest = range.Largest;
        if (!BlockCodes.HasScale(largest, BlockCodes.SmallestScaled)) return BlockCodes.Clear(codes, count, largest);
        BlockCodes.EncodeBlock<Float8Code>(numbers, codes, Float8Code.Largest / largest, count, random);
        return BlockCodes.ScaleOf(largest, Float8Code.Largest, float.MaxValue);
    }
}
