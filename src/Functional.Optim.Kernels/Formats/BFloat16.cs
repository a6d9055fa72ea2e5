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
    private const uint ExponentBits = 0x7F80_0000, QuietBit = 0x0040_0000;

    /// <summary>Codes that are made at once, of 16 random numbers.</summary>
    internal const int Group = 32;

    /// <summary>Writes the numbers of codes; exact.</summary>
    internal static void Decode<T>(ushort* codes, T* numbers, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int index = 0;
        if (typeof(T) == typeof(float))
        {
            for (; index <= count - Group; index += Group)
            {
                (Vector512<float> lower, Vector512<float> upper) = Decode(Vector512.Load(codes + index));
                lower.Store((float*)numbers + index);
                upper.Store((float*)numbers + index + Vector512<float>.Count);
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
        // A random number has the bits of two elements, of which the second is 16 after the first.
        int index = 0, aligned = typeof(T) == typeof(float) ? Math.Min((int)((0 - first) % Group), count) : count;
        for (; index < aligned; index++) codes[index] = Round(numbers[index], first + (uint)index, key);
        if (typeof(T) == typeof(float))
        {
            Vector512<uint> series = RandomBits.Start((first + (uint)index) / 2, key);
            for (; index <= count - Group; index += Group)
            {
                Encode(
                    Vector512.Load((uint*)numbers + index),
                    Vector512.Load((uint*)numbers + index + Vector512<uint>.Count),
                    RandomBits.Next(ref series)).Store(codes + index);
            }
        }

        for (; index < count; index++) codes[index] = Round(numbers[index], first + (uint)index, key);
    }

    /// <summary>Writes the codes of the nearest numbers, the even one where two are as near. A NaN stays a NaN.</summary>
    internal static void EncodeNearest(ReadOnlySpan<float> numbers, Span<ushort> codes)
    {
        for (int index = 0; index < numbers.Length; index++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(numbers[index]), odd = (bits >> 16) & 1;
            bool isNaN = (bits & 0x7FFF_FFFF) > ExponentBits;
            codes[index] = (ushort)((isNaN ? bits | QuietBit : bits + 0x7FFF + odd) >> 16);
        }
    }

    /// <summary>The numbers of codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector512<float> Lower, Vector512<float> Upper) Decode(Vector512<ushort> codes)
    {
        (Vector512<uint> lower, Vector512<uint> upper) = Vector512.Widen(codes);
        return ((lower << 16).AsSingle(), (upper << 16).AsSingle());
    }

    /// <summary>The codes of the bits of numbers, with 16 random bits for each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<ushort> Encode(Vector512<uint> lower, Vector512<uint> upper, Vector512<uint> random)
    {
        Vector512<uint> roundedLower = lower + (random & Vector512.Create(0xFFFFu));
        Vector512<uint> roundedUpper = upper + (random >> 16);
        if ((Specials(roundedLower) | Specials(roundedUpper)) != Vector512<uint>.Zero)
            (roundedLower, roundedUpper) = (Kept(lower, roundedLower), Kept(upper, roundedUpper));
        return Vector512.Narrow(roundedLower >> 16, roundedUpper >> 16);
    }

    /// <summary>
    /// Adds random bits below the part that is kept, then cuts them off. A number that is infinite, or that would
    /// become infinite, is only cut off. A NaN stays a NaN.
    /// </summary>
    private static ushort Round<T>(T number, uint index, uint key)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        uint bits = BitConverter.SingleToUInt32Bits(float.CreateTruncating(number));
        uint random = RandomBits.Of((index / Group * (Group / 2)) + (index % (Group / 2)), key);
        uint rounded = bits + (index % Group < Group / 2 ? random & 0xFFFF : random >> 16);
        if ((rounded & ExponentBits) == ExponentBits) rounded = bits;
        if ((bits & 0x7FFF_FFFF) > ExponentBits) rounded |= QuietBit;
        return (ushort)(rounded >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Specials(Vector512<uint> rounded) =>
        Vector512.Equals(rounded & Vector512.Create(ExponentBits), Vector512.Create(ExponentBits));

    private static Vector512<uint> Kept(Vector512<uint> bits, Vector512<uint> rounded)
    {
        Vector512<uint> isNaN =
            Vector512.GreaterThan(bits & Vector512.Create(0x7FFF_FFFFu), Vector512.Create(ExponentBits));
        return Vector512.ConditionalSelect(Specials(rounded), bits, rounded) | (isNaN & Vector512.Create(QuietBit));
    }
}
