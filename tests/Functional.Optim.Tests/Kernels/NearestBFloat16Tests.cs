using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

public class NearestBFloat16Tests
{
    /// <summary>Every number of the format, the numbers beside it, those halfway to the next, and those beside them.</summary>
    public static TheoryData<int> UpperBytes => [.. Enumerable.Range(0, 256)];

    [Theory]
    [MemberData(nameof(UpperBytes))]
    public void The_nearest_number_of_the_format_is_found(int upper)
    {
        for (int lower = 0; lower < 256; lower++)
        {
            uint code = ((uint)upper << 24) | ((uint)lower << 16);
            foreach (int beside in (int[])[0, 1, -1, 0x7FFF, 0x8000, 0x8001, 0x4321, -0x4321])
            {
                float number = BitConverter.UInt32BitsToSingle(code + (uint)beside);
                Check(number, Of(number));
                Assert.Equal(Of(number), (float)Of((double)number));
            }
        }
    }

    [Theory]
    [InlineData(1e300, double.PositiveInfinity)]
    [InlineData(-1e300, double.NegativeInfinity)]
    [InlineData(3.3961775292304e38, 3.3895313892515355e38)]
    [InlineData(3.39617752923047e38, double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity, double.NegativeInfinity)]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(1e-300, 0)]
    [InlineData(1 + (1.0 / 256) + 1e-15, 1 + (1.0 / 128))]
    public void Doubles_have_the_range_of_floats(double number, double nearest) => Assert.Equal(nearest, Of(number));

    [Fact]
    public void Every_width_has_the_same_bits()
    {
        Random random = new(3);
        float[] numbers = new float[203];
        random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers.AsSpan()));
        float[] expected = [.. numbers.Select(Of)], rounded = new float[numbers.Length];
        foreach (LaneWidth width in Enum.GetValues<LaneWidth>())
        {
            RoundedParameterRule<float> rule = new(lands: true);
            Elementwise.Run(rule, numbers, new float[numbers.Length], rounded, width: width);
            Assert.Equal(expected, rounded);
        }
    }

    private static T Of<T>(T number)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        NearestBFloat16.Of<T, ScalarLane<T>>(ScalarLane<T>.Broadcast(number)).Value;

    private static void Check(float number, float rounded)
    {
        string at = $"{number:R}: {rounded:R}";
        if (float.IsNaN(number))
        {
            Assert.True(float.IsNaN(rounded), at);
            return;
        }

        Assert.True((BitConverter.SingleToUInt32Bits(rounded) & 0xFFFF) == 0, at);
        // In doubles, where each distance is exact. The next number beyond the largest would be 2^128.
        double size = Math.Abs((double)number), result = Math.Abs((double)rounded), gap = Math.ScaleB(
            1, Math.Max(-126, Math.ILogB(size == 0 ? 1 : size)) - 7);
        if (size < 1.1754943508222875e-38) Assert.True(result == 0 || result == 1.1754943508222875e-38, at);
        else if (double.IsInfinity(result)) Assert.True(size >= Math.ScaleB(1, 128) - Math.ScaleB(1, 119), at);
        else Assert.True(Math.Abs(size - result) <= gap / 2, at);
        Assert.True(float.IsNegative(number) == float.IsNegative(rounded) || rounded == 0, at);
    }
}
