using System.Numerics;
using FsCheck;
using FsCheck.Xunit;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

public class LaneLaws
{
    [Property(MaxTest = 60)]
    public void Every_width_gives_the_same_bits_in_float(NonNegativeInt length, int seed) => Check<float>(length.Get % 200, seed);

    [Property(MaxTest = 60)]
    public void Every_width_gives_the_same_bits_in_double(NonNegativeInt length, int seed) => Check<double>(length.Get % 200, seed);

    [Fact]
    public void Lengths_and_overlaps_are_refused()
    {
        float[] data = new float[8];
        AdamWHyperparameters hyper = new(0.1);
        Assert.Throws<ArgumentException>(() => AdamWKernel.Step<float>(hyper, 1, data, new float[7], data, data, data, data, data));
        Assert.Throws<ArgumentException>(() => AdamWKernel.Step<float>(
            hyper, 1, data.AsSpan(0, 4), new float[4], new float[4], new float[4], data.AsSpan(1, 4), new float[4], new float[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => AdamWKernel.Step<float>(
            hyper, 0, data, data, new float[8], new float[8], data, new float[8], new float[8]));
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
        Then<T, Then<T, Then<T, ClipByValueRule<T>, AdamRule<T>>, Then<T, TraceRule<T>, DecayRule<T>>>, ApplyRule<T>> rule = new(
            new(new(new(T.CreateTruncating(1e9)), new(0.9, 0.999, 1e-8, true, 7)),
                new(new(T.CreateTruncating(0.9), T.One, true), new(T.CreateTruncating(0.1)))), default);
        T[][]? expected = null;
        foreach (LaneWidth width in Enum.GetValues<LaneWidth>())
        {
            T[][] result = [new T[length], new T[length], new T[length], new T[length]];
            Elementwise.Run(rule, parameters, gradients, result[0], new(m, v, trace), new(result[1], result[2], result[3]), width);
            expected ??= result;
            for (int array = 0; array < 4; array++) Assert.Equal(expected[array], result[array]);
        }
    }
}
