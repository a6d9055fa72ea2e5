using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

public unsafe class BFloat16Tests
{
    [Fact]
    public void A_number_that_the_format_holds_is_kept_whatever_the_random_bits()
    {
        // Every code except NaN decodes to a number that is kept; a NaN stays a NaN.
        ushort[] codes = [.. Enumerable.Range(0, 65536).Select(code => (ushort)code)], again = new ushort[codes.Length];
        float[] numbers = new float[codes.Length];
        Decode(codes, numbers);
        foreach (uint key in (uint[])[0, 1, 0xFFFF_FFFF])
        {
            Encode(numbers, again, 0, key);
            for (int code = 0; code < codes.Length; code++)
                Assert.True(
                    float.IsNaN(numbers[code]) ? (again[code] & 0x7FFF) > 0x7F80 : again[code] == code, $"code {code}");
        }
    }

    [Theory]
    [InlineData(1 + (1.0 / 512))]
    [InlineData(-3.1415926)]
    [InlineData(1e-30)]
    [InlineData(2.9e38)]
    public void Rounding_goes_to_a_neighbour_and_its_mean_is_the_number(double value)
    {
        const int count = 1 << 16;
        float number = (float)value;
        float[] numbers = [.. Enumerable.Repeat(number, count)];
        ushort[] codes = new ushort[count];
        Encode(numbers, codes, 0, 7);
        Decode(codes, numbers);
        double low = BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(number) & 0xFFFF_0000);
        double gap = numbers.Max() - (double)numbers.Min();
        Assert.All(numbers.Distinct(), rounded => Assert.InRange(Math.Abs(rounded - value), 0, Math.Abs(low) / 128));
        // Four standard deviations of the mean of this many numbers.
        Assert.InRange(
            Math.Abs(numbers.Average(rounded => (double)rounded) - number), 0, 4 * gap / 2 / Math.Sqrt(count));
    }

    [Fact]
    public void No_finite_number_becomes_infinite_and_a_NaN_whose_bits_are_cut_off_stays_one()
    {
        float[] numbers =
        [
            float.MaxValue,
            float.MinValue,
            BitConverter.UInt32BitsToSingle(0x7F80_0001),
            BitConverter.UInt32BitsToSingle(0xFF80_0001),
        ];
        ushort[] codes = new ushort[4];
        for (uint key = 0; key < 1000; key++)
        {
            Encode(numbers, codes, key, key);
            float[] rounded = new float[4];
            Decode(codes, rounded);
            Assert.True(float.IsFinite(rounded[0]) && float.IsFinite(rounded[1]));
            Assert.True(float.IsNaN(rounded[2]) && float.IsNaN(rounded[3]));
        }
    }

    [Fact]
    public void Vectors_and_single_numbers_have_the_same_bits_and_so_have_doubles_that_are_floats()
    {
        Random random = new(1);
        float[] numbers = [.. Enumerable.Range(0, 67).Select(_ => (float)(random.NextDouble() - 0.5))];
        ushort[] whole = new ushort[67], one = new ushort[1], wide = new ushort[67];
        Encode(numbers, whole, 5, 11);
        fixed (double* source = numbers.Select(number => (double)number).ToArray())
        fixed (ushort* destination = wide)
            BFloat16.Encode(source, destination, 67, 5, 11);
        Assert.Equal(whole, wide);
        for (int index = 0; index < 67; index++)
        {
            Encode([numbers[index]], one, 5 + (uint)index, 11);
            Assert.Equal(whole[index], one[0]);
        }
    }

    [Fact]
    public void The_nearest_code_is_that_of_the_upper_half_rounded_to_even()
    {
        (uint Bits, int Code)[] cases =
        [
            (0x3F80_0000, 0x3F80), (0x3F80_7FFF, 0x3F80), (0x3F80_8000, 0x3F80), (0x3F80_8001, 0x3F81),
            (0x3F81_8000, 0x3F82), (0xBF81_8000, 0xBF82), (0x0000_8001, 1), (0x8000_0000, 0x8000),
            (0x7F7F_7FFF, 0x7F7F), (0x7F7F_8000, 0x7F80), (0xFF80_0000, 0xFF80), (0x7F80_0001, 0x7FC0),
            (0xFFFF_FFFF, 0xFFFF),
        ];
        ushort[] codes = new ushort[cases.Length];
        BFloat16.EncodeNearest([.. cases.Select(one => BitConverter.UInt32BitsToSingle(one.Bits))], codes);
        Assert.Equal(cases.Select(one => (ushort)one.Code), codes);
    }

    private static void Encode(float[] numbers, ushort[] codes, uint place, uint key)
    {
        fixed (float* source = numbers)
        fixed (ushort* destination = codes)
            BFloat16.Encode(source, destination, numbers.Length, place, key);
    }

    private static void Decode(ushort[] codes, float[] numbers)
    {
        fixed (ushort* source = codes)
        fixed (float* destination = numbers)
            BFloat16.Decode(source, destination, codes.Length);
    }
}
