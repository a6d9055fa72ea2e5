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

    /// <summary>One in the exponent of a code.</summary>
    private const int Exponent = 1 << 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Decode(Vector128<byte> codes, Vector512<float> scale)
    {
        Vector512<int> wide = BlockCodes.Widen(codes), magnitudes = wide & Vector512.Create(0x7F);
        Vector512<float> normal = ((magnitudes + Vector512.Create(Bias)) << Dropped).AsSingle();
        Vector512<float> subnormal = Vector512.ConvertToSingle(magnitudes) * Vector512.Create(1 / Subnormals);
        Vector512<float> value = Vector512.ConditionalSelect(
            Vector512.LessThan(magnitudes, Vector512.Create(Exponent)).AsSingle(), subnormal, normal);
        return ((value * scale).AsInt32() | ((wide << 24) & Vector512.Create(int.MinValue))).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Encode(
        Vector512<float> numbers, Vector512<float> perScale, Vector512<uint> random)
    {
        // The rounding of the quotient may bring it above the largest code.
        Vector512<float> magnitudes = Vector512.Abs(numbers);
        Vector512<float> value = Vector512.MinNative(magnitudes * perScale, Vector512.Create(Largest));
        Vector512<float> smallest = Vector512.Create(SmallestNormal);
        Vector512<int> below = ((random >> (23 - Dropped)) | Vector512.Create(1u << 7)).AsInt32();

        // From the smallest normal number on the bits of a float, and below it an integer: each is that number's
        // where the other counts.
        Vector512<int> normal = (Vector512.MaxNative(value, smallest).AsInt32() + below) >> Dropped;
        Vector512<int> subnormal = Vector512.ConvertToInt32Native(Vector512.FusedMultiplyAdd(
            Vector512.MinNative(value, smallest), Vector512.Create(Subnormals), BlockCodes.Rounding(random)));
        Vector512<int> codes = normal + subnormal - Vector512.Create(Bias + Exponent + 1);
        return BlockCodes.NotZero(magnitudes, codes) | ((numbers.AsInt32() >> 24) & Vector512.Create(0x80));
    }
}
