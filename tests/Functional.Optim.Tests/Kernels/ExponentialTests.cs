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

    /// <summary>Where eˣ is subnormal, its digits are those that there are.</summary>
    [Fact]
    public void With_gradual_underflow_it_is_precise_until_it_is_zero_or_overflows()
    {
        float[] floats =
            [-104.5f, -104, -103, -100.7f, -90, -87.4f, -30, -0f, 30, 88.3f, 88.4f, 88.722f, 88.73f, 1e30f];
        float[] powers = Of<float, Lane256<float>>(floats, Gradual<float, Lane256<float>>());
        for (int index = 0; index < floats.Length; index++)
        {
            double expected = Math.Exp(floats[index]);
            if (expected > float.MaxValue) Assert.Equal(float.PositiveInfinity, powers[index]);
            else Assert.Equal(expected, powers[index], (1.5 * Math.ScaleB(1, -23) * expected) + (double)float.Epsilon);
        }

        double[] doubles = [-746, -745, -740.3, -720, -708.4, -300, 0, 300, 709.4, 709.78, 709.79, 1e300];
        double[] results = Of<double, Lane512<double>>(doubles, Gradual<double, Lane512<double>>());
        for (int index = 0; index < doubles.Length; index++)
        {
            double expected = Math.Exp(doubles[index]);
            if (double.IsInfinity(expected)) Assert.Equal(expected, results[index]);
            else Assert.Equal(expected, results[index], (1.5 * Math.ScaleB(1, -52) * expected) + double.Epsilon);
        }

        Assert.Equal(
            [0, float.PositiveInfinity, float.NaN],
            Of<float, Lane128<float>>(
                [float.NegativeInfinity, float.PositiveInfinity, float.NaN], Gradual<float, Lane128<float>>()));
    }

    /// <summary>Against sinh: eˣ − 1 = 2·e^(x/2)·sinh(x/2), without cancellation.</summary>
    [Fact]
    public void Minus_one_it_does_not_cancel_near_zero()
    {
        Check<float>(-87, 2.5 * Math.ScaleB(1, -24));
        Check<double>(-708, 8 * Math.ScaleB(1, -53));

        static void Check<T>(double least, double tolerance)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            T[] x =
            [
                .. Enumerable.Range(0, 1 << 16).Select(index => T.CreateTruncating(least * index / (1 << 16))),
                .. Enumerable.Range(1, 100).Select(index => T.CreateTruncating(-Math.Pow(0.7, index))),
            ];
            T[] y = Of<T, Lane512<T>>(x, static lane => Exponential.MinusOne<T, Lane512<T>>(lane));
            for (int index = 0; index < x.Length; index++)
            {
                double half = double.CreateTruncating(x[index]) / 2, exact = 2 * Math.Exp(half) * Math.Sinh(half);
                Assert.Equal(exact, double.CreateTruncating(y[index]), tolerance * Math.Abs(exact));
            }
        }
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
        T[] gradual = Of<T, ScalarLane<T>>(x, Gradual<T, ScalarLane<T>>());
        Assert.Equal(gradual, Of<T, Lane128<T>>(x, Gradual<T, Lane128<T>>()));
        Assert.Equal(gradual, Of<T, Lane256<T>>(x, Gradual<T, Lane256<T>>()));
        Assert.Equal(gradual, Of<T, Lane512<T>>(x, Gradual<T, Lane512<T>>()));
    }

    private static Func<TLane, TLane> Gradual<T, TLane>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T> => static x => Exponential.WithGradualUnderflow<T, TLane>(x);

    private static T[] Of<T, TLane>(T[] x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T> => Of<T, TLane>(x, static lane => Exponential.Of<T, TLane>(lane));

    /// <summary>Over full lanes; the last one is padded.</summary>
    private static T[] Of<T, TLane>(T[] x, Func<TLane, TLane> function)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        T[] result = [.. x, .. new T[16]];
        fixed (T* pointer = result)
        {
            for (int index = 0; index < x.Length; index += TLane.Width)
                TLane.Store(function(TLane.Load(pointer + index)), pointer + index);
        }

        return result[..x.Length];
    }
}
