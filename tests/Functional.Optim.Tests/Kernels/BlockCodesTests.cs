using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

public unsafe class BlockCodesTests
{
    private const int Length = 700;

    /// <summary>A scale has 16 bits of precision; of a root it counts twice.</summary>
    private const float Rounding = 4e-5f;

    public static TheoryData<StateFormat> Formats => [StateFormat.Float8, StateFormat.Int8];

    [Theory]
    [MemberData(nameof(Formats))]
    public void What_a_format_holds_is_kept_whatever_the_random_bits(StateFormat format)
    {
        foreach (float[] numbers in Samples())
        {
            Coded once = Coded.Of(format, numbers, 3, 77);
            float[] decoded = once.Decode(format);
            for (uint again = 0; again < 50; again++)
            {
                Coded twice = Coded.Of(format, decoded, again, 31 * again);
                Assert.Equal(once.Codes, twice.Codes);
                Assert.Equal(once.Scales, twice.Scales);
            }
        }
    }

    [Theory]
    [InlineData(StateFormat.Float8, 1 / 8f)]
    [InlineData(StateFormat.Int8, 1f)]
    public void A_code_is_a_neighbour_of_the_number(StateFormat format, float relative)
    {
        foreach (float[] numbers in Samples())
        {
            float[] decoded = Coded.Of(format, numbers, 0, 5).Decode(format);
            for (int start = 0; start < Length; start += BlockCodes.BlockLength)
            {
                float[] block = numbers[start..Math.Min(start + BlockCodes.BlockLength, Length)];
                float largest = block.Max(MathF.Abs);
                bool takesRoots = format == StateFormat.Int8 && block.Min() >= 0;
                for (int index = 0; index < block.Length; index++)
                {
                    float number = block[index], error = MathF.Abs(decoded[start + index] - number);
                    float step = format == StateFormat.Float8
                        ? MathF.Max(MathF.Abs(number) * relative, largest / 448 / 512)
                        : takesRoots
                            ? (2 * MathF.Sqrt(number * largest) / 255) + (largest / 255 / 255)
                            : largest / 127;
                    float allowed = (1.0001f * step) + (Rounding * MathF.Abs(number));
                    Assert.True(error <= allowed, $"{number} became {decoded[start + index]} in {largest}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void The_mean_of_rounded_numbers_is_the_number(StateFormat format)
    {
        const int keys = 2000;
        foreach (float[] numbers in Samples().Where(numbers => numbers.Min() < 0))
        {
            double[] sum = new double[Length], squares = new double[Length];
            for (uint key = 0; key < keys; key++)
            {
                float[] decoded = Coded.Of(format, numbers, 0, key * 0x9E37_79B9).Decode(format);
                for (int index = 0; index < Length; index++)
                {
                    sum[index] += decoded[index];
                    squares[index] += (double)decoded[index] * decoded[index];
                }
            }

            for (int index = 0; index < Length; index++)
            {
                double mean = sum[index] / keys, variance = Math.Max((squares[index] / keys) - (mean * mean), 0);
                double largest = numbers.Max(MathF.Abs);
                double least = format == StateFormat.Float8 ? largest / 448 / 512 : 0;
                double step =
                    Math.Max(format == StateFormat.Int8 ? largest / 127 : Math.Abs(numbers[index]) / 8, least);
                // Seven standard deviations, more where a code is rare, the steps of 12 random bits, and numbers below
                // the least code become that.
                double allowed = (7 * Math.Sqrt(variance / keys)) + (20 * step / keys) + (step / 4096) + least
                    + (Rounding * Math.Abs(numbers[index]));
                Assert.InRange(mean, numbers[index] - allowed, numbers[index] + allowed);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_second_moment_that_is_not_0_does_not_become_0_and_0_stays(StateFormat format)
    {
        float[] numbers = new float[Length];
        for (int index = 0; index < Length; index++) numbers[index] = index % 3 == 0 ? 0 : MathF.Pow(0.8f, index % 256);
        float[] decoded = Coded.Of(format, numbers, 0, 9).Decode(format);
        Assert.Equal(numbers.Select(number => number == 0), decoded.Select(number => number == 0));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Blocks_without_a_scale_are_0_or_NaN_and_leave_their_neighbours_alone(StateFormat format)
    {
        foreach (float special in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, 1e-40f])
        {
            float[] numbers = [.. Enumerable.Repeat(1f, Length)];
            numbers.AsSpan(256, 256).Clear();
            numbers[300] = special;
            float[] decoded = Coded.Of(format, numbers, 0, 2).Decode(format);
            Assert.All(decoded[..256].Concat(decoded[512..]), number => Assert.Equal(1, number, Rounding));
            float[] middle = decoded[256..512];
            if (MathF.Abs(special) < 1) Assert.All(middle, number => Assert.Equal(0, number));
            else Assert.All(middle, number => Assert.True(float.IsNaN(number)));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void The_largest_and_the_smallest_floats_have_codes(StateFormat format)
    {
        foreach (float largest in (float[])[float.MaxValue, 1, 1e-34f])
        {
            foreach (float sign in (float[])[1, -1])
            {
                float[] numbers = new float[Length];
                (numbers[0], numbers[255], numbers[699]) = (sign * largest, sign * largest / 2, sign * largest);
                float[] decoded = Coded.Of(format, numbers, 0, 4).Decode(format);
                Assert.Equal(1, decoded[0] / numbers[0], Rounding);
                Assert.Equal(1, decoded[699] / numbers[699], Rounding);
                Assert.Equal(numbers[255] / largest, decoded[255] / largest, 0.01f);
            }
        }
    }

    [Fact]
    public void E4m3_has_the_values_of_its_definition()
    {
        // Exponent and mantissa by hand, for each code but NaN.
        float[] numbers = new float[256];
        byte[] codes = new byte[256];
        for (int code = 0; code < 256; code++) codes[code] = (byte)((code & 0x7F) == 0x7F ? 0 : code);
        float scale = 1;
        fixed (byte* source = codes)
        fixed (float* destination = numbers) new CodedPiece(SlotFormat.Float8, source, &scale).Decode(destination, 256);
        for (int code = 0; code < 256; code++)
        {
            int exponent = codes[code] >> 3 & 15, mantissa = codes[code] & 7;
            double value = exponent == 0
                ? mantissa / 8.0 * Math.Pow(2, -6)
                : (1 + (mantissa / 8.0)) * Math.Pow(2, exponent - 7);
            Assert.Equal((codes[code] & 0x80) != 0 ? -value : value, numbers[code]);
        }
    }

    /// <summary>Numbers of one sign and of two, of one size and of many.</summary>
    private static IEnumerable<float[]> Samples()
    {
        Random random = new(3);
        foreach (bool signed in (bool[])[true, false])
        {
            foreach (int decades in (int[])[0, 6])
            {
                yield return
                [
                    .. Enumerable.Range(0, Length).Select(_ => (float)(
                        (random.NextDouble() - (signed ? 0.5 : 0)) * Math.Pow(10, -decades * random.NextDouble()))),
                ];
            }
        }
    }

    private sealed record Coded(byte[] Codes, float[] Scales)
    {
        internal static Coded Of(StateFormat format, float[] numbers, uint place, uint key)
        {
            // Past the numbers there is memory up to the next multiple of 32.
            float[] copy = [.. numbers, .. new float[32]];
            Coded coded = new(new byte[numbers.Length], new float[(numbers.Length + 255) / 256]);
            fixed (float* source = copy, scales = coded.Scales)
            fixed (byte* codes = coded.Codes)
                new CodedPiece(format.InKernels(), codes, scales).Encode(source, numbers.Length, place, key);
            return coded;
        }

        internal float[] Decode(StateFormat format)
        {
            float[] numbers = new float[Codes.Length];
            fixed (float* destination = numbers, scales = Scales)
            fixed (byte* codes = Codes)
                new CodedPiece(format.InKernels(), codes, scales).Decode(destination, numbers.Length);
            return numbers;
        }
    }
}
