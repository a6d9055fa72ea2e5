using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>
/// e4m3: a sign, 4 bits of exponent and 3 of mantissa; ±448 at most, ±2⁻⁹ at least, no infinity. A number other than 0
/// never becomes 0: a second moment of 0 under a first that is not would give a step without bound.
/// </summary>
/// <remarks>Micikevicius et al., FP8 Formats for Deep Learning, arXiv:2209.05433.</remarks>
internal readonly struct Float8Code : IBlockCode
{
    internal const float Largest = 448;

    private const float SmallestNormal = 1f / 64, Subnormals = 512;

    /// <summary>The mantissa bits of a float that the code has no place for.</summary>
    private const int Dropped = 20;

    /// <summary>The difference of the biases of the exponents, where the exponent of a code begins.</summary>
    private const int Bias = (127 - 7) << 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Lower, Vector512<float> Upper) Decode(
        Vector256<byte> codes, Vector512<float> scale)
    {
        (Vector512<int> lower, Vector512<int> upper) = BlockCodes.Widen(codes);
        return (Decode(lower, scale), Decode(upper, scale));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Decode(Vector512<int> codes, Vector512<float> scale)
    {
        Vector512<int> magnitudes = codes & Vector512.Create(0x7F);
        Vector512<float> normal = ((magnitudes + Vector512.Create(Bias)) << Dropped).AsSingle();
        Vector512<float> subnormal = Vector512.ConvertToSingle(magnitudes) * Vector512.Create(1 / Subnormals);
        Vector512<float> value = Vector512.ConditionalSelect(
            Vector512.LessThan(magnitudes, Vector512.Create(8)).AsSingle(), subnormal, normal);
        Vector512<int> signs = (codes << 24) & Vector512.Create(int.MinValue);
        return ((value * scale).AsInt32() | signs).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Encode(
        Vector512<float> numbers, Vector512<float> perScale, Vector512<float> rounding)
    {
        // The rounding of the quotient may bring it above the largest code.
        Vector512<float> value = Vector512.MinNative(Vector512.Abs(numbers) * perScale, Vector512.Create(Largest));
        Vector512<uint> below = (rounding.AsUInt32() & Vector512.Create(0x007F_FFFFu)) >> (23 - Dropped);
        Vector512<uint> added = value.AsUInt32() + below;
        Vector512<int> normal = (added >> Dropped).AsInt32() - Vector512.Create(Bias);
        Vector512<int> subnormal = Vector512.ConvertToInt32Native(Vector512.FusedMultiplyAdd(
            value, Vector512.Create(Subnormals), rounding - Vector512<float>.One));
        Vector512<int> magnitudes = Vector512.ConditionalSelect(
            Vector512.LessThan(value, Vector512.Create(SmallestNormal)).AsInt32(), subnormal, normal);
        Vector512<int> signs = (numbers.AsInt32() >> 24) & Vector512.Create(0x80);
        return BlockCodes.NotZero(numbers, magnitudes) | signs;
    }
}
