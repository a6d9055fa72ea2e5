using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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

    /// <summary>The least that divides the largest code, so that a block of smaller numbers becomes 0.</summary>
    internal const float SmallestScaled = 1e-35f;

    /// <summary>Codes that are made at once: 16 bits of a random number for each.</summary>
    internal const int Group = 32;

    /// <summary>Writes the numbers of codes, block by block.</summary>
    internal static void Decode<TFormat>(byte* codes, float* scales, float* numbers, int count)
        where TFormat : IBlockFormat
    {
        for (int start = 0; start < count; start += BlockLength, scales++)
            DecodeBlock<TFormat>(codes + start, *scales, numbers + start, Math.Min(BlockLength, count - start));
    }

    /// <summary>Writes the codes and the scales of numbers, block by block.</summary>
    /// <param name="numbers">The numbers; there is memory up to the next multiple of 32, which is written.</param>
    /// <param name="codes">The codes.</param>
    /// <param name="scales">The scale of each block.</param>
    /// <param name="count">How many numbers.</param>
    /// <param name="first">The index of the first number in its slot; the random bits depend on it.</param>
    /// <param name="key">The key of the random bits.</param>
    internal static void Encode<TFormat>(
        float* numbers, byte* codes, float* scales, int count, uint first, uint key)
        where TFormat : IBlockFormat
    {
        for (int start = 0; start < count; start += BlockLength, scales++)
        {
            int length = Math.Min(BlockLength, count - start);
            float* block = numbers + start;
            for (int index = length; index % Group != 0; index++) block[index] = 0;
            BlockRange range = default;
            for (int index = 0; index < length; index += Vector512<float>.Count)
                range = range.With(Vector512.Load(block + index));
            *scales = TFormat.Encode(
                block, range, codes + start, length, RandomBits.Start(first + (uint)start, key));
        }
    }

    /// <summary>Whether a block has a scale.</summary>
    /// <param name="largest">The largest magnitude of the block.</param>
    /// <param name="smallest">The least of those with a scale.</param>
    internal static bool HasScale(float largest, float smallest) => largest >= smallest && float.IsFinite(largest);

    /// <summary>The codes of a block without a scale, and what stands in place of the scale.</summary>
    internal static float Clear(byte* codes, int count, float largest)
    {
        new Span<byte>(codes, count).Clear();
        return float.IsFinite(largest) ? 0 : float.NaN;
    }

    /// <summary>
    /// Random numbers in (1, 2), with random bits in the mantissa. They keep away from both ends by more than the
    /// rounding errors of a scale, so that a number which has a code keeps it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Rounding(Vector512<uint> random) =>
        (random | Vector512.Create(0x3F80_0400u)).AsSingle();

    /// <summary>Codes without a sign as integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<int> Widen(Vector128<byte> codes) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Int32(codes)
        : Vector512.WidenLower(Vector512.WidenLower(codes.ToVector256Unsafe().ToVector512Unsafe())).AsInt32();

    /// <summary>Codes with a sign as integers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<int> WidenSigned(Vector128<byte> codes) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512Int32(codes.AsSByte())
        : Vector512.WidenLower(Vector512.WidenLower(codes.AsSByte().ToVector256Unsafe().ToVector512Unsafe()));

    /// <summary>Integers as codes: their lowest 8 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Narrow(Vector512<int> codes)
    {
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector128Byte(codes);
        Vector256<ushort> halves = Vector256.Narrow(codes.GetLower().AsUInt32(), codes.GetUpper().AsUInt32());
        return Vector128.Narrow(halves.GetLower(), halves.GetUpper());
    }

    /// <summary>1 in the place of a code of 0, where the magnitude is not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<int> NotZero(Vector512<float> magnitudes, Vector512<int> codes) =>
        Vector512.Max(codes, Vector512.Min(magnitudes.AsInt32(), Vector512<int>.One));

    private static void DecodeBlock<TFormat>(byte* codes, float scale, float* numbers, int count)
        where TFormat : IBlockFormat
    {
        Vector512<float> scales = Vector512.Create(scale);
        int index = 0;
        for (; index <= count - Vector128<byte>.Count; index += Vector128<byte>.Count)
            TFormat.Decode(Vector128.Load(codes + index), scales).Store(numbers + index);
        if (index == count) return;
        byte* rest = stackalloc byte[Vector128<byte>.Count];
        float* decoded = stackalloc float[Vector512<float>.Count];
        new Span<byte>(codes + index, count - index).CopyTo(new Span<byte>(rest, Vector128<byte>.Count));
        TFormat.Decode(Vector128.Load(rest), scales).Store(decoded);
        new Span<float>(decoded, count - index).CopyTo(new Span<float>(numbers + index, count - index));
    }

    /// <summary>
    /// The scale in 16 bits of precision: so a code times the scale is exact, and the codes and the scale of what was
    /// decoded are the same again.
    /// </summary>
    /// <param name="largest">The largest magnitude of the block, or its root.</param>
    /// <param name="largestCode">Its code.</param>
    /// <param name="limit">What their product may not reach beyond, as no number may become infinite.</param>
    internal static float ScaleOf(float largest, float largestCode, float limit)
    {
        const uint half = 0x80, below = 0xFF;
        uint bits = (BitConverter.SingleToUInt32Bits(largest / largestCode) + half) & ~below;
        float scale = BitConverter.UInt32BitsToSingle(bits);
        return scale * largestCode < limit ? scale : BitConverter.UInt32BitsToSingle(bits - below - 1);
    }

    /// <summary>Writes the codes of a block.</summary>
    internal static void EncodeBlock<TCode>(
        float* numbers, byte* codes, float perScale, int count, Vector512<uint> random)
        where TCode : IBlockCode
    {
        int whole = count - (count % Group);
        random = EncodeGroups<TCode>(numbers, codes, perScale, whole, random);
        if (whole == count) return;
        byte* rest = stackalloc byte[Group];
        EncodeGroups<TCode>(numbers + whole, rest, perScale, Group, random);
        new Span<byte>(rest, count - whole).CopyTo(new Span<byte>(codes + whole, count - whole));
    }

    /// <summary>Writes the codes of whole groups, and returns the series of random bits from there on.</summary>
    private static Vector512<uint> EncodeGroups<TCode>(
        float* numbers, byte* codes, float perScale, int count, Vector512<uint> series)
        where TCode : IBlockCode
    {
        Vector512<float> perScales = Vector512.Create(perScale);
        Vector512<uint> mask = Vector512.Create(0x007F_F800u);
        for (int index = 0; index < count; index += Group)
        {
            Vector512<uint> random = RandomBits.Next(ref series);
            Narrow(TCode.Encode(Vector512.Load(numbers + index), perScales, (random << 11) & mask))
                .Store(codes + index);
            Narrow(TCode.Encode(
                Vector512.Load(numbers + index + Vector512<float>.Count), perScales, (random >> 9) & mask))
                .Store(codes + index + Vector128<byte>.Count);
        }

        return series;
    }
}
