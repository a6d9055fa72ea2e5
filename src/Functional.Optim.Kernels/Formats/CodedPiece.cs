using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>A piece of a slot that is stored as codes; where the format has blocks, one begins with the piece.</summary>
/// <param name="format">The format, not full.</param>
/// <param name="codes">The first code.</param>
/// <param name="scales">The scale of the first block, where the format has blocks.</param>
internal readonly unsafe struct CodedPiece(SlotFormat format, byte* codes, float* scales)
{
    /// <summary>
    /// The most elements of a piece: few enough for the first-level cache, many enough that starting a loop costs
    /// little.
    /// </summary>
    internal const int MaxLength = 4 * BlockCodes.BlockLength;

    private readonly byte* codes = codes;
    private readonly float* scales = scales;

    /// <summary>The piece from an index on.</summary>
    /// <param name="format">The format, not full.</param>
    /// <param name="codes">The address of the code with index 0, as in <see cref="PassMemory{T}"/>.</param>
    /// <param name="scales">The address of the scale of the first block.</param>
    /// <param name="start">The index of the first element.</param>
    /// <param name="firstBlock">The index where the first block begins.</param>
    internal static CodedPiece At(SlotFormat format, long codes, long scales, long start, long firstBlock) => new(
        format,
        (byte*)codes + (format == SlotFormat.BFloat16 ? start * sizeof(ushort) : start),
        (float*)scales + ((start - firstBlock) / BlockCodes.BlockLength));

    /// <summary>Writes the numbers.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="count">How many; at most <see cref="MaxLength"/>.</param>
    internal void Decode<T>(T* numbers, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (format == SlotFormat.BFloat16)
        {
            BFloat16.Decode((ushort*)codes, numbers, count);
            return;
        }

        if (typeof(T) == typeof(float))
        {
            DecodeBlocks((float*)numbers, count);
            return;
        }

        float* narrow = stackalloc float[MaxLength];
        DecodeBlocks(narrow, count);
        for (int index = 0; index < count; index++) numbers[index] = T.CreateTruncating(narrow[index]);
    }

    /// <summary>Writes the codes of numbers. A double is rounded to a float first.</summary>
    /// <param name="numbers">The numbers; there is memory for <see cref="MaxLength"/>, which may be written.</param>
    /// <param name="count">How many; at most <see cref="MaxLength"/>.</param>
    /// <param name="place">The index of the first number in the whole slot; the random bits depend on it.</param>
    /// <param name="key">The key of the random bits.</param>
    internal void Encode<T>(T* numbers, int count, uint place, uint key)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (format == SlotFormat.BFloat16)
        {
            BFloat16.Encode(numbers, (ushort*)codes, count, place, key);
            return;
        }

        if (typeof(T) == typeof(float))
        {
            EncodeBlocks((float*)numbers, count, place, key);
            return;
        }

        float* narrow = stackalloc float[MaxLength];
        for (int index = 0; index < count; index++) narrow[index] = float.CreateTruncating(numbers[index]);
        EncodeBlocks(narrow, count, place, key);
    }

    private void DecodeBlocks(float* numbers, int count)
    {
        if (format == SlotFormat.Float8) BlockCodes.Decode<Float8Blocks>(codes, scales, numbers, count);
        else BlockCodes.Decode<Int8Blocks>(codes, scales, numbers, count);
    }

    private void EncodeBlocks(float* numbers, int count, uint place, uint key)
    {
        if (format == SlotFormat.Float8) BlockCodes.Encode<Float8Blocks>(numbers, codes, scales, count, place, key);
        else BlockCodes.Encode<Int8Blocks>(numbers, codes, scales, count, place, key);
    }
}
