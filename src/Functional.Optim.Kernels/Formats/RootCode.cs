using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>
/// The roots of numbers that are not negative, as integers from 0 to 255. A number other than 0 never becomes 0: a
/// second moment of 0 under a first that is not would give a step without bound.
/// </summary>
internal readonly struct RootCode : IBlockCode
{
    internal const float Largest = 255;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Decode(Vector128<byte> codes, Vector512<float> scale)
    {
        Vector512<float> root = Vector512.ConvertToSingle(BlockCodes.Widen(codes)) * scale;
        return root * root;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Encode(
        Vector512<float> numbers, Vector512<float> perScale, Vector512<uint> random) =>
        BlockCodes.NotZero(
            numbers,
            Vector512.ConvertToInt32Native(Vector512.FusedMultiplyAdd(
                Vector512.Sqrt(numbers), perScale, BlockCodes.Rounding(random) - Vector512<float>.One)));
}
