using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>Integers from −127 to 127, in units of a negative scale.</summary>
internal readonly struct LinearCode : IBlockCode
{
    internal const float Largest = 127;

    /// <summary>Above all codes, so that truncating rounds down.</summary>
    private const int Offset = 128;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Lower, Vector512<float> Upper) Decode(
        Vector256<byte> codes, Vector512<float> scale)
    {
        (Vector512<int> lower, Vector512<int> upper) =
            Vector512.Widen(Vector512.WidenLower(codes.AsSByte().ToVector512Unsafe()));
        return (Vector512.ConvertToSingle(lower) * scale, Vector512.ConvertToSingle(upper) * scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Encode(
        Vector512<float> numbers, Vector512<float> perScale, Vector512<float> rounding) =>
        Vector512.ConvertToInt32Native(
            Vector512.FusedMultiplyAdd(numbers, perScale, rounding + Vector512.Create(Offset - 1f)))
        - Vector512.Create(Offset);
}
