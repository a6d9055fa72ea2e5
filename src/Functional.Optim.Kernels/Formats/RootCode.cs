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
    public static (Vector512<float> Lower, Vector512<float> Upper) Decode(
        Vector256<byte> codes, Vector512<float> scale)
    {
        (Vector512<int> lower, Vector512<int> upper) = BlockCodes.Widen(codes);
        Vector512<float> lowerRoot = Vector512.ConvertToSingle(lower) * scale;
        Vector512<float> upperRoot = Vector512.ConvertToSingle(upper) * scale;
        return (lowerRoot * lowerRoot, upperRoot * upperRoot);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Encode(
        Vector512<float> numbers, Vector512<float> perScale, Vector512<float> rounding) =>
        BlockCodes.NotZero(
            numbers,
            Vector512.ConvertToInt32Native(Vector512.FusedMultiplyAdd(
                Vector512.Sqrt(numbers), perScale, rounding - Vector512<float>.One)));
}
