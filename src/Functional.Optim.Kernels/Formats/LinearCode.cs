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
    public static Vector512<float> Decode(Vector128<byte> codes, Vector512<float> scale) =>
        Vector512.ConvertToSingle(BlockCodes.WidenSigned(codes)) * scale;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Encode(
        Vector512<float> numbers, Vector512<float> perScale, Vector512<uint> random) =>
        Vector512.ConvertToInt32Native(Vector512.FusedMultiplyAdd(
            numbers, perScale, BlockCodes.Rounding(random) + Vector512.Create(Offset - 1f)))
        - Vector512.Create(Offset);
}
