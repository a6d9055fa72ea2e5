using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>
/// Blocks of <see cref="RootCode"/> where no number has a sign, and of <see cref="LinearCode"/> elsewhere. The sign of
/// the scale says which.
/// </summary>
internal readonly unsafe struct Int8Blocks : IBlockFormat
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Decode(Vector128<byte> codes, Vector512<float> scale) =>
        scale.ToScalar() < 0 ? LinearCode.Decode(codes, scale) : RootCode.Decode(codes, scale);

    public static float Encode(
        float* numbers, in BlockRange range, byte* codes, int count, Vector512<uint> random)
    {
        float largest = range.Largest;
        if (range.HasSign)
        {
            // A negative factor gives what becomes 0 a sign, so that the block is one of integers again.
            if (!BlockCodes.HasScale(largest, BlockCodes.SmallestScaled))
                return BlockCodes.Clear(codes, count, largest);
            BlockCodes.EncodeBlock<LinearCode>(numbers, codes, -LinearCode.Largest / largest, count, random);
            return -BlockCodes.ScaleOf(largest, LinearCode.Largest, float.MaxValue);
        }

        if (!BlockCodes.HasScale(largest, ElementType.SmallestNormal<float>()))
            return BlockCodes.Clear(codes, count, largest);
        float root = MathF.Sqrt(largest);
        BlockCodes.EncodeBlock<RootCode>(numbers, codes, RootCode.Largest / root, count, random);
        return BlockCodes.ScaleOf(root, RootCode.Largest, MathF.Sqrt(float.MaxValue));
    }
}
