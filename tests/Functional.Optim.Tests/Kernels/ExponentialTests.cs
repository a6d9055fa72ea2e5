using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

public unsafe class ExponentialTests
{
    /// <summary>A unit in the last place is at most 1.2e-7 of a float and 2.2e-16 of a double.</summary>
    [Fact]
    public void It_is_precise_to_one_and_a_half_units_in_the_last_place_over_the_whole_range()
    {
        CheckAccuracy<float>(-87.33, 88.37, 1.5 * Math.ScaleB(1, -23));
        CheckAccuracy<double>(-708.39, 709.43, 1.5 * Math.ScaleB(1, -52));
    }

    [Fact]
    public void Every_width_gives_the_same_bits()
    {
        CheckWidths<float>();
        CheckWidths<double>();
    }

    [Fact]
    public void Outside_the_range_it_is_zero_or_infinite_and_NaN_stays()
    {
        float infinity = float.PositiveInfinity;
        Assert.Equal(
            [0, 0, 0, infinity, infinity, infinity, float.NaN, 1],
            Of<float, Lane256<float>>(
                [-infinity, float.MinValue, -87.34f, 88.38f, float.MaxValue, infinity, float.NaN, -0f]));
        double wide = double.PositiveInfinity;
        Assert.Equal(
            [0, 0, 0, wide, wide, wide, double.NaN, 1],
            Of<double, Lane256<double>>(
                [-wide, double.MinValue, -708.4, 709.44, double.MaxValue, wide, double.NaN, -0d]));
    }

    private static void CheckAccuracy<T>(double least, double most, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int Count = 1 << 20;
        T[] x =
        [
            .. Enumerable.Range(0, Count).Select(index => T.CreateTruncating(least + ((most - least) * index / Count))),
        ];
        T[] y = Of<T, Lane512<T>>(x);
        for (int index = 0; index < Count; index++)
            Assert.InRange(
                (double.CreateTruncating(y[index]) / Math.Exp(double.CreateTruncating(x[index]))) - 1,
                -tolerance,
                tolerance);
    }

    private static void CheckWidths<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Philox random = new(7);
        T[] special =
        [
            T.Zero, -T.Zero, T.NaN, T.PositiveInfinity, T.NegativeInfinity, T.Epsilon,
            T.CreateTruncating(1e38), T.CreateTruncating(-1e38),
        ];
        T[] x =
        [
            .. special,
            .. Enumerable.Range(0, 10_000).Select(index => T.CreateTruncating(random.Normal((ulong)index) * 300)),
        ];
        T[] expected = Of<T, ScalarLane<T>>(x);
        Assert.Equal(expected, Of<T, Lane128<T>>(x));
        Assert.Equal(expected, Of<T, Lane256<T>>(x));
        Assert.Equal(expected, Of<T, Lane512<T>>(x));
    }

    /// <summary>Over full lanes; the last one is padded.</summary>
    private static T[] Of<T, TLane>(T[] x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        T[] result = [.. x, .. new T[16]];
        fixed (T* pointer = result)
        {
            for (int index = 0; index < x.Length; index += TLane.Width)
                TLane.Store(Exponential.Of<T, TLane>(TLane.Load(pointer + index)), pointer + index);
        }

        return result[..x.Length];
    }
}
