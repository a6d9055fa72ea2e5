using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>
/// Numbers as codes of 8 bits in blocks, each with a scale. A code is rounded stochastically: up with the probability of
/// the fraction that is cut off, so the mean of codes is the number in units of the scale.
/// </summary>
/// <remarks>
/// A block belongs to one leaf: it begins where the leaf does, or a multiple of <see cref="BlockLength"/> later. Where
/// all numbers are 0 or too small for a scale, all become 0; where one is infinite or NaN, all become NaN.
/// </remarks>
internal static unsafe class BlockCodes
{
    /// <summary>Elements per block, the last one of a leaf excepted.</summary>
    internal const int BlockLength = 256;

    /// <summary>Below, a block has no scale with a reciprocal.</summary>
    private const float Smallest = 1e-35f, SmallestSquare = 1.17549435e-38f;

    /// <summary>Codes that are made at once: 16 bits of a random number for each.</summary>
    private const int Group = 32;

    private const int RandomBitsOfCode = 12;

    /// <summary>Writes the numbers of codes, block by block.</summary>
    internal static void Decode(SlotFormat format, byte* codes, float* scales, float* numbers, int count)
    {
        for (int start = 0; start < count; start += BlockLength, scales++)
        {
            int length = Math.Min(BlockLength, count - start);
            if (format == SlotFormat.Float8)
                DecodeBlock<Float8Code>(codes + start, *scales, numbers + start, length);
            else if (*scales < 0) DecodeBlock<RootCode>(codes + start, *scales, numbers + start, length);
            else DecodeBlock<LinearCode>(codes + start, *scales, numbers + start, length);
        }
    }

    /// <summary>Writes the codes and the scales of numbers, block by block.</summary>
    /// <param name="format">The format.</param>
    /// <param name="numbers">The numbers; there is memory up to the next multiple of 32, which is written.</param>
    /// <param name="codes">The codes.</param>
    /// <param name="scales">The scale of each block.</param>
    /// <param name="count">How many numbers.</param>
    /// <param name="first">The index of the first number in its slot; the random bits depend on it.</param>
    /// <param name="key">The key of the random bits.</param>
    internal static void Encode(
        SlotFormat format, float* numbers, byte* codes, float* scales, int count, uint first, uint key)
    {
        for (int start = 0; start < count; start += BlockLength, scales++)
        {
            int length = Math.Min(BlockLength, count - start);
            *scales = EncodeBlock(format, numbers + start, codes + start, length, first + (uint)start, key);
        }
    }

    /// <summary>
    /// Random bits as a number in (0, 1). It keeps away from both ends by more than the rounding errors of a scale, so
    /// that a number which has a code keeps it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Fraction(Vector512<uint> random)
    {
        const float unit = 1f / (1 << RandomBitsOfCode);
        return (Vector512.ConvertToSingle(random.AsInt32()) + Vector512.Create(0.5f)) * Vector512.Create(unit);
    }

    /// <summary>1 in the place of a code of 0, where the number is not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<int> NotZero(Vector512<float> numbers, Vector512<int> codes) =>
        Vector512.ConditionalSelect(
            Vector512.Equals(numbers, Vector512<float>.Zero).AsInt32(), codes,
            Vector512.Max(codes, Vector512<int>.One));

    /// <summary>The largest magnitude, NaN where there is one, and whether a number is negative.</summary>
    private static (float Largest, bool HasNegative) RangeOf(float* numbers, int count)
    {
        Vector512<int> largest = default;
        Vector512<float> negative = default;
        for (int index = 0; index < count; index += Vector512<float>.Count)
        {
            Vector512<float> next = Vector512.Load(numbers + index);
            // The bits of magnitudes are in the order of the magnitudes, NaN last.
            largest = Vector512.Max(largest, Vector512.Abs(next).AsInt32());
            negative |= Vector512.LessThan(next, Vector512<float>.Zero);
        }

        Vector256<int> of8 = Vector256.Max(largest.GetLower(), largest.GetUpper());
        Vector128<int> of4 = Vector128.Max(of8.GetLower(), of8.GetUpper());
        int most = Math.Max(Math.Max(of4[0], of4[1]), Math.Max(of4[2], of4[3]));
        return (BitConverter.Int32BitsToSingle(most), negative.AsInt32() != Vector512<int>.Zero);
    }

    private static void DecodeBlock<TCode>(byte* codes, float scale, float* numbers, int count)
        where TCode : IBlockCode
    {
        Vector512<float> scales = Vector512.Create(scale);
        int index = 0;
        for (; index <= count - Group; index += Group)
        {
            Put<TCode>(Vector256.Load(codes + index), scales, numbers + index);
        }

        if (index == count) return;
        byte* rest = stackalloc byte[Group];
        float* decoded = stackalloc float[Group];
        new Span<byte>(codes + index, count - index).CopyTo(new Span<byte>(rest, Group));
        Put<TCode>(Vector256.Load(rest), scales, decoded);
        new Span<float>(decoded, count - index).CopyTo(new Span<float>(numbers + index, count - index));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TCode>(Vector256<byte> codes, Vector512<float> scale, float* numbers)
        where TCode : IBlockCode
    {
        (Vector256<ushort> lower, Vector256<ushort> upper) = Vector256.Widen(codes);
        TCode.Decode(Widened(lower), scale).Store(numbers);
        TCode.Decode(Widened(upper), scale).Store(numbers + Vector512<float>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Widened(Vector256<ushort> codes) =>
        Vector512.Create(Vector256.WidenLower(codes), Vector256.WidenUpper(codes)).AsInt32();

    /// <summary>Writes the codes of a block and returns its scale.</summary>
    private static float EncodeBlock(
        SlotFormat format, float* numbers, byte* codes, int count, uint first, uint key)
    {
        for (int index = count; index % Group != 0; index++) numbers[index] = 0;
        (float largest, bool hasNegative) = RangeOf(numbers, count);
        bool takesRoots = format == SlotFormat.Int8 && !hasNegative;
        if (!float.IsFinite(largest) || largest < (takesRoots ? SmallestSquare : Smallest))
        {
            new Span<byte>(codes, count).Clear();
            return float.IsFinite(largest) ? 0 : float.NaN;
        }

        if (takesRoots)
        {
            // The sign of the scale says which code it is.
            float ofRoots = MathF.Sqrt(largest) / RootCode.Largest, most = ofRoots * RootCode.Largest;
            if (float.IsInfinity(most * most)) ofRoots = float.BitDecrement(ofRoots);
            EncodeBlock<RootCode>(numbers, codes, ofRoots, count, first, key);
            return -ofRoots;
        }

        float largestCode = format == SlotFormat.Float8 ? Float8Code.Largest : LinearCode.Largest;
        float scale = largest / largestCode;
        // A scale that was rounded up would make an infinity of the largest float.
        if (float.IsInfinity(scale * largestCode)) scale = float.BitDecrement(scale);
        if (format == SlotFormat.Float8) EncodeBlock<Float8Code>(numbers, codes, scale, count, first, key);
        else EncodeBlock<LinearCode>(numbers, codes, scale, count, first, key);
        return scale;
    }

    private static void EncodeBlock<TCode>(float* numbers, byte* codes, float scale, int count, uint first, uint key)
        where TCode : IBlockCode
    {
        Vector512<float> perScale = Vector512.Create(1 / scale);
        Vector512<uint> indices = Vector512.Create(first) + Vector512<uint>.Indices;
        byte* rest = stackalloc byte[Group];
        for (int index = 0; index < count; index += Group)
        {
            Vector512<uint> random = RandomBits.Of(indices, key);
            Vector512<int> lower = TCode.Encode(
                Vector512.Load(numbers + index), perScale, random & Vector512.Create((1u << RandomBitsOfCode) - 1));
            Vector512<int> upper = TCode.Encode(
                Vector512.Load(numbers + index + Vector512<float>.Count), perScale, random >> (32 - RandomBitsOfCode));
            Vector512<ushort> halves = Vector512.Narrow(lower.AsUInt32(), upper.AsUInt32());
            Vector256<byte> narrow = Vector256.Narrow(halves.GetLower(), halves.GetUpper());
            if (count - index >= Group)
            {
                narrow.Store(codes + index);
            }
            else
            {
                narrow.Store(rest);
                new Span<byte>(rest, count - index).CopyTo(new Span<byte>(codes + index, count - index));
            }

            indices += Vector512.Create((uint)Vector512<uint>.Count);
        }
    }
}
