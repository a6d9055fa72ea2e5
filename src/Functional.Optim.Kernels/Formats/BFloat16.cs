using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>
/// Numbers of 16 bits with the range of a float and 8 bits of precision: the upper half of a float. Rounding is stochastic: up with
/// the probability of the part that is cut off, so that its mean is the number itself. The random bits are a function of a key and
/// the place, the same on any vector width and any number of threads.
/// </summary>
internal static unsafe class BFloat16
{
    private const uint ExponentBits = 0x7F80_0000;

    /// <summary>Writes the numbers that codes stand for; exact.</summary>
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

        for (; index < count; index++) numbers[index] = T.CreateTruncating(BitConverter.UInt32BitsToSingle((uint)codes[index] << 16));
    }

    /// <summary>Writes the codes of numbers, rounded stochastically; a number that has a code gets it. A double is made a float first.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="codes">The codes.</param>
    /// <param name="count">How many.</param>
    /// <param name="place">The place of the first number, for the random bits.</param>
    /// <param name="key">The key of the random bits.</param>
    internal static void Encode<T>(T* numbers, ushort* codes, int count, uint place, uint key)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int index = 0;
        if (typeof(T) == typeof(float))
        {
            Vector256<uint> places = Vector256.Create(place) + Vector256<uint>.Indices;
            for (; index <= count - Vector256<ushort>.Count; index += Vector256<ushort>.Count)
            {
                Vector256<uint> lower = Round(Vector256.Load((float*)numbers + index).AsUInt32(), places, key);
                Vector256<uint> upper = Round(
                    Vector256.Load((float*)numbers + index + Vector256<uint>.Count).AsUInt32(),
                    places + Vector256.Create((uint)Vector256<uint>.Count), key);
                Vector256.Narrow(lower, upper).Store(codes + index);
                places += Vector256.Create((uint)Vector256<ushort>.Count);
            }
        }

        for (; index < count; index++)
            codes[index] = Round(BitConverter.SingleToUInt32Bits(float.CreateTruncating(numbers[index])), place + (uint)index, key);
    }

    /// <summary>
    /// Adds random bits below the part that is kept, and cuts them off. What is infinite or would become so is cut off only; a NaN
    /// stays one.
    /// </summary>
    private static ushort Round(uint bits, uint place, uint key)
    {
        uint rounded = bits + (RandomBits(place, key) >> 16);
        if ((rounded & ExponentBits) == ExponentBits) rounded = bits;
        if ((bits & 0x7FFF_FFFF) > ExponentBits) rounded |= 0x0040_0000;
        return (ushort)(rounded >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Round(Vector256<uint> bits, Vector256<uint> places, uint key)
    {
        Vector256<uint> exponent = Vector256.Create(ExponentBits), rounded = bits + (RandomBits(places, key) >> 16);
        rounded = Vector256.ConditionalSelect(Vector256.Equals(rounded & exponent, exponent), bits, rounded);
        Vector256<uint> isNaN = Vector256.GreaterThan(bits & Vector256.Create(0x7FFF_FFFFu), exponent);
        return (rounded | (isNaN & Vector256.Create(0x0040_0000u))) >> 16;
    }

    /// <summary>A mixing function of 32 bits (two multiplications with shifts between), of the place and the key.</summary>
    private static uint RandomBits(uint place, uint key)
    {
        uint mixed = (place * 0x9E37_79B1) + key;
        mixed = (mixed ^ (mixed >> 16)) * 0x7FEB_352D;
        mixed = (mixed ^ (mixed >> 15)) * 0x846C_A68B;
        return mixed ^ (mixed >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> RandomBits(Vector256<uint> places, uint key)
    {
        Vector256<uint> mixed = (places * Vector256.Create(0x9E37_79B1u)) + Vector256.Create(key);
        mixed = (mixed ^ (mixed >> 16)) * Vector256.Create(0x7FEB_352Du);
        mixed = (mixed ^ (mixed >> 15)) * Vector256.Create(0x846C_A68Bu);
        return mixed ^ (mixed >> 16);
    }
}
