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
    private const float Smallest = 1e-35f;

    /// <summary>Codes that are made at once: 16 bits of a random number for each.</summary>
    private const int Group = 32;

    /// <summary>Writes the numbers of codes, block by block.</summary>
    internal static void Decode(SlotFormat format, byte* codes, float* scales, float* numbers, int count)
    {
        for (int start = 0; start < count; start += BlockLength, scales++)
        {
            int length = Math.Min(BlockLength, count - start);
            if (format == SlotFormat.Float8)
                DecodeBlock<Float8Code>(codes + start, *scales, numbers + start, length);
            else if (*scales < 0) DecodeBlock<LinearCode>(codes + start, *scales, numbers + start, length);
            else DecodeBlock<RootCode>(codes + start, *scales, numbers + start, length);
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
    /// Random numbers in (1, 2), of 12 bits that become those of the mantissa. They keep away from both ends by more
    /// than the rounding errors of a scale, so that a number which has a code keeps it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Rounding(Vector512<uint> bits) =>
        ((bits & Vector512.Create(0x007F_F800u)) | Vector512.Create(0x3F80_0400u)).AsSingle();

    /// <summary>Codes without a sign as integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector512<int> Lower, Vector512<int> Upper) Widen(Vector256<byte> codes)
    {
        (Vector512<uint> lower, Vector512<uint> upper) =
            Vector512.Widen(Vector512.WidenLower(codes.ToVector512Unsafe()));
        return (lower.AsInt32(), upper.AsInt32());
    }

    /// <summary>1 in the place of a code of 0, where the number is not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<int> NotZero(Vector512<float> numbers, Vector512<int> codes) =>
        Vector512.ConditionalSelect(
            Vector512.Equals(numbers, Vector512<float>.Zero).AsInt32(), codes,
            Vector512.Max(codes, Vector512<int>.One));

    /// <summary>The largest magnitude, NaN where there is one, and whether a number has a sign.</summary>
    private static (float Largest, bool HasSign) RangeOf(float* numbers, int count)
    {
        Vector512<int> largest = default;
        Vector512<int> signs = default;
        for (int index = 0; index < count; index += Vector512<float>.Count)
        {
            // The bits of magnitudes are in the order of the magnitudes, NaN last.
            Vector512<int> next = Vector512.Load((int*)numbers + index);
            largest = Vector512.Max(largest, next & Vector512.Create(int.MaxValue));
            signs |= next;
        }

        Vector256<int> of8 = Vector256.Max(largest.GetLower(), largest.GetUpper());
        Vector128<int> of4 = Vector128.Max(of8.GetLower(), of8.GetUpper());
        int most = Math.Max(Math.Max(of4[0], of4[1]), Math.Max(of4[2], of4[3]));
        return (BitConverter.Int32BitsToSingle(most), signs.ExtractMostSignificantBits() != 0);
    }

    private static void DecodeBlock<TCode>(byte* codes, float scale, float* numbers, int count)
        where TCode : IBlockCode
    {
        Vector512<float> scales = Vector512.Create(scale);
        int index = 0;
        for (; index <= count - Group; index += Group)
            Put<TCode>(Vector256.Load(codes + index), scales, numbers + index);
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
        (Vector512<float> lower, Vector512<float> upper) = TCode.Decode(codes, scale);
        lower.Store(numbers);
        upper.Store(numbers + Vector512<float>.Count);
    }

    /// <summary>Writes the codes of a block and returns its scale.</summary>
    private static float EncodeBlock(
        SlotFormat format, float* numbers, byte* codes, int count, uint first, uint key)
    {
        for (int index = count; index % Group != 0; index++) numbers[index] = 0;
        (float largest, bool hasSign) = RangeOf(numbers, count);
        bool takesRoots = format == SlotFormat.Int8 && !hasSign;
        if (!float.IsFinite(largest) || largest < (takesRoots ? ElementType.SmallestNormal<float>() : Smallest))
        {
            new Span<byte>(codes, count).Clear();
            return float.IsFinite(largest) ? 0 : float.NaN;
        }

        if (takesRoots)
        {
            float root = MathF.Sqrt(largest);
            EncodeBlock<RootCode>(numbers, codes, RootCode.Largest / root, count, first, key);
            return ScaleOf(root, RootCode.Largest, MathF.Sqrt(float.MaxValue));
        }

        if (format == SlotFormat.Float8)
        {
            EncodeBlock<Float8Code>(numbers, codes, Float8Code.Largest / largest, count, first, key);
            return ScaleOf(largest, Float8Code.Largest, float.MaxValue);
        }

        // The sign of the scale says which code it is, and gives what becomes 0 a sign, so that it is that code again.
        EncodeBlock<LinearCode>(numbers, codes, -LinearCode.Largest / largest, count, first, key);
        return -ScaleOf(largest, LinearCode.Largest, float.MaxValue);
    }

    /// <summary>
    /// The scale in 16 bits of precision: so a code times the scale is exact, and the codes and the scale of what was
    /// decoded are the same again.
    /// </summary>
    /// <param name="largest">The largest magnitude of the block, or its root.</param>
    /// <param name="largestCode">Its code.</param>
    /// <param name="limit">What their product may not reach beyond, as no number may become infinite.</param>
    private static float ScaleOf(float largest, float largestCode, float limit)
    {
        const uint half = 0x80, below = 0xFF;
        uint bits = (BitConverter.SingleToUInt32Bits(largest / largestCode) + half) & ~below;
        float scale = BitConverter.UInt32BitsToSingle(bits);
        return scale * largestCode < limit ? scale : BitConverter.UInt32BitsToSingle(bits - below - 1);
    }

    private static void EncodeBlock<TCode>(
        float* numbers, byte* codes, float perScale, int count, uint first, uint key)
        where TCode : IBlockCode
    {
        Vector512<float> perScales = Vector512.Create(perScale);
        Vector512<uint> series = RandomBits.Start(first, key);
        byte* rest = stackalloc byte[Group];
        for (int index = 0; index < count; index += Group)
        {
            Vector512<uint> random = RandomBits.Next(ref series);
            Vector512<int> lower = TCode.Encode(
                Vector512.Load(numbers + index), perScales, Rounding(random << 11));
            Vector512<int> upper = TCode.Encode(
                Vector512.Load(numbers + index + Vector512<float>.Count), perScales, Rounding(random >> 9));
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
        }
    }
}
