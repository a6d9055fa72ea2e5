using System.Numerics;
using FsCheck;
using FsCheck.Xunit;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

public class LaneLaws
{
    [Property(MaxTest = 60)]
    public void Every_width_gives_the_same_bits_in_float(NonNegativeInt length, int seed) =>
        Check<float>(length.Get % 200, seed);

    [Property(MaxTest = 60)]
    public void Every_width_gives_the_same_bits_in_double(NonNegativeInt length, int seed) =>
        Check<double>(length.Get % 200, seed);

    [Fact]
    public void Wrong_lengths_and_overlaps_are_rejected()
    {
        float[] data = new float[8];
        AdamW adamw = AdamW.Of(0.1);
        Assert.ThrowsAny<ArgumentException>(
            () => adamw.Step<float>(1, data, new float[7], new(data, data), data, new(data, data)));
        Assert.ThrowsAny<ArgumentException>(() => adamw.Step<float>(
            1, data.AsSpan(0, 4), new float[4], new(new float[4], new float[4]), data.AsSpan(1, 4),
            new(new float[4], new float[4])));
        Assert.Throws<ArgumentOutOfRangeException>(() => adamw.Step<float>(
            0, data, data, new(new float[8], new float[8]), data, new(new float[8], new float[8])));
    }

    [Fact]
    public void An_output_may_be_an_input_and_must_not_overlap_otherwise()
    {
        float[] theta = new float[4], gradient = new float[4], m = new float[4], v = new float[4], both = new float[5];
        AdamW adamw = AdamW.Of(0.1);
        adamw.Step<float>(1, theta, gradient, new(m, v), v, new(theta, gradient));
        Assert.StartsWith("New slot 0 overlaps new slot 1 by an offset of 0 elements; ", ErrorOf(m, v, theta, m, m),
            StringComparison.Ordinal);
        Assert.StartsWith("The output overlaps new slot 0 by an offset of 0 elements; ", ErrorOf(m, v, m, m, v),
            StringComparison.Ordinal);
        Assert.StartsWith("New slot 0 overlaps slot 1 by an offset of -1 elements; ",
            ErrorOf(m, both.AsMemory(0, 4), theta, both.AsMemory(1), v), StringComparison.Ordinal);
        Assert.StartsWith("The output overlaps slot 1 by an offset of -1 elements; ",
            ErrorOf(m, both.AsMemory(0, 4), both.AsMemory(1), m, v), StringComparison.Ordinal);
        Assert.Equal(
            "The rule has 5 slots; a pass has 0 to 4. (Parameter 'rule')",
            Assert.ThrowsAny<ArgumentException>(() => Elementwise.Run(
                new Then<float, AmsGradRule<float>, AdamRule<float>>(default, default), theta, gradient, theta, default,
                default)).Message);

        string ErrorOf(
            Memory<float> m, Memory<float> v, Memory<float> thetaOut, Memory<float> mOut, Memory<float> vOut) =>
            Assert.ThrowsAny<ArgumentException>(() => adamw.Step<float>(
                1, theta, gradient, new(m.Span, v.Span), thetaOut.Span, new(mOut.Span, vOut.Span))).Message;
    }

    /// <summary>
    /// Arrays long enough for non-temporal stores, with the same alignment for
    /// all outputs and with different alignments.
    /// </summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 3)]
    [InlineData(0, 5)]
    public void Non_temporal_stores_give_the_bits_of_stores_in_place(int start, int startOfSlots)
    {
        const int length = (3 << 19) + 7;
        AlignedBuffer<float> theta = Wave(1);
        AlignedBuffer<float> gradient = Wave(2);
        AlignedBuffer<float> m = Wave(3);
        AlignedBuffer<float> v = Wave(4);
        AlignedBuffer<float> thetaOut = Wave(5);
        AlignedBuffer<float> mOut = Wave(6);
        AlignedBuffer<float> vOut = Wave(7);
        foreach (ref float value in v.Span) value *= value;
        AdamW adamw = AdamW.Of(0.1);
        adamw.Step<float>(
            2, theta.Span[..length], gradient.Span[..length], new(m.Span[..length], v.Span[..length]),
            thetaOut.Span.Slice(start, length),
            new(mOut.Span.Slice(startOfSlots, length), vOut.Span.Slice(startOfSlots, length)));
        adamw.Step<float>(
            2, theta.Span[..length], gradient.Span[..length], new(m.Span[..length], v.Span[..length]),
            theta.Span[..length], new(m.Span[..length], v.Span[..length]));
        Assert.True(theta.Span[..length].SequenceEqual(thetaOut.Span.Slice(start, length)));
        Assert.True(m.Span[..length].SequenceEqual(mOut.Span.Slice(startOfSlots, length)));
        Assert.True(v.Span[..length].SequenceEqual(vOut.Span.Slice(startOfSlots, length)));

        static AlignedBuffer<float> Wave(int seed)
        {
            AlignedBuffer<float> buffer = new(length + 16);
            for (int index = 0; index < length + 16; index++) buffer.Span[index] = MathF.Sin(index + (1000 * seed));
            return buffer;
        }
    }

    [Property(MaxTest = 60)]
    public void Every_width_gives_the_same_sums(NonNegativeInt length, int seed)
    {
        Philox random = new((ulong)seed);
        double[] numbers =
            [.. Enumerable.Range(0, length.Get * 97 % 9000).Select(index => random.Normal((ulong)index))];
        Same(numbers);
        Same(Array.ConvertAll(numbers, number => (float)number));

        static void Same<T>(T[] values)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            (double, double, double, double)[] sums =
                [.. Enum.GetValues<LaneWidth>().Select(width => LaneWidths.With(width, Sums))];
            Assert.All(sums, sum => Assert.Equal(sums[0], sum));

            (double, double, double, double) Sums() => (
                BlockReduction.Sum<T>(values),
                BlockReduction.Norm<T>(values),
                BlockReduction.MaxAbs<T>(values),
                BlockReduction.Dot<T>(values, [.. values.Reverse()]));
        }
    }

    [Fact]
    public void Thirty_three_million_floats_are_added_in_double()
    {
        float[] values = new float[33_000_000];
        Array.Fill(values, 0.1f);
        Assert.Equal(33_000_000 * (double)0.1f * 0.1f, BlockReduction.SumOfSquares<float>(values), 1e-6);
    }

    private static void Check<T>(int length, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Philox random = new((ulong)seed);
        T[] Draw(int stream) => [.. Enumerable.Range(0, length).Select(index => T.CreateTruncating(
            random.Normal((ulong)((stream * 1000) + index)) * Math.Pow(10, (index % 9 * 8) - 32)))];
        T[] parameters = Draw(0), gradients = Draw(1), m = Draw(2), v = [.. Draw(3).Select(T.Abs)], trace = Draw(4);
        Then<T, Then<T, Then<T, ClipByValueRule<T>, AdamRule<T>>, Then<T, NesterovRule<T>, DecayRule<T>>>, ApplyRule<T>>
            rule = new(
                new(
                    new(new(T.CreateTruncating(1e9)), new(0.9, 0.999, 1e-8, true, 7)),
                    new(new(T.CreateTruncating(0.9)), new(T.CreateTruncating(0.1)))),
                default);
        T[][]? expected = null;
        foreach (LaneWidth width in Enum.GetValues<LaneWidth>())
        {
            T[][] result = [new T[length], new T[length], new T[length], new T[length]];
            Elementwise.Run(
                rule, parameters, gradients, result[0], new(m, v, trace), new(result[1], result[2], result[3]), width);
            expected ??= result;
            for (int array = 0; array < 4; array++) Assert.Equal(expected[array], result[array]);
        }
    }
}
