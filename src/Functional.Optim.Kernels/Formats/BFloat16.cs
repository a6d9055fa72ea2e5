using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>
/// The 16-bit format bfloat16: the upper half of a float, with its range and 8 bits of precision. Encoding rounds
/// stochastically: up with the probability of the fraction that is cut off, so the mean of the result is the number
/// itself. The random bits are a function of a key and the index of an element.
/// </summary>
internal static unsafe class BFloat16
{
    private const uint ExponentBits = 0x7F80_0000;

    /// <summary>Writes the numbers of codes; exact.</summary>
    internal static void Decode<T>(ushort* codes, T* numbers, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int index = 0;
        if (typeof(T) == typeof(float))
        {
            for (; index <= count - Vector256<ushort>.Count; index += Vector256<ushort>.Count)
            {
                (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(Vector256.Load(codes + index));
                (lower << 16).AsSingle().Store((float*)numbers + index);
                (upper << 16).AsSingle().Store((float*)numbers + index + Vector256<uint>.Count);
            }
        }

        for (; index < count; index++)
            numbers[index] = T.CreateTruncating(BitConverter.UInt32BitsToSingle((uint)codes[index] << 16));
    }

    /// <summary>
    /// Writes the codes of numbers, rounded stochastically. A number that the format holds keeps its value. A double is
    /// rounded to a float first.
    /// </summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="codes">The codes.</param>
    /// <param name="count">How many numbers.</param>
    /// <param name="first">The index of the first number in its slot; the random bits depend on it.</param>
    /// <param name="key">The key of the random bits.</param>
    internal static void Encode<T>(T* numbers, ushort* codes, int count, uint first, uint key)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int index = 0;
        if (typeof(T) == typeof(float))
        {
            Vector256<uint> indices = Vector256.Create(first) + Vector256<uint>.Indices;
            for (; index <= count - Vector256<ushort>.Count; index += Vector256<ushort>.Count)
            {
                Vector256<uint> lower = Round(Vector256.Load((float*)numbers + index).AsUInt32(), indices, key);
                Vector256<uint> upper = Round(
                    Vector256.Load((float*)numbers + index + Vector256<uint>.Count).AsUInt32(),
                    indices + Vector256.Create((uint)Vector256<uint>.Count), key);
                Vector256.Narrow(lower, upper).Store(codes + index);
                indices += Vector256.Create((uint)Vector256<ushort>.Count);
            }
        }

        for (; index < count; index++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(float.CreateTruncating(numbers[index]));
            codes[index] = Round(bits, first + (uint)index, key);
        }
    }

    /// <summary>
    /// Adds random bits below the part that is kept, then cuts them off. A number that is infinite, or that would
    /// become infinite, is only cut off. A NaN stays a NaN.
    /// </summary>
    private static ushort Round(uint bits, uint index, uint key)
    {
        uint rounded = bits + (RandomBits.Of(index, key) >> 16);
        if ((rounded & ExponentBits) == ExponentBits) rounded = bits;
        if ((bits & 0x7FFF_FFFF) > ExponentBits) rounded |= 0x0040_0000;
        return (ushort)(rounded >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Round(Vector256<uint> bits, Vector256<uint> indices, uint key)
    {
        Vector256<uint> exponent = Vector256.Create(ExponentBits), rounded = bits + (RandomBits.Of(indices, key) >> 16);
        rounded = Vector256.ConditionalSelect(Vector256.Equals(rounded & exponent, exponent), bits, rounded);
        Vector256<uint> isNaN = Vector256.GreaterThan(bits & Vector256.Create(0x7FFF_FFFFu), exponent);
        return (rounded | (isNaN & Vector256.Create(0x0040_0000u))) >> 16;
    }
}
