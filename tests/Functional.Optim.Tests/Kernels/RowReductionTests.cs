using System.Numerics;
using FsCheck;
using FsCheck.Xunit;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

public unsafe class RowReductionTests
{
    [Property]
    public void Every_width_gives_the_same_bits_and_the_right_number(NonNegativeInt length, int seed)
    {
        Check<float>(length.Get, seed, 1e-5);
        Check<double>(length.Get, seed, 1e-14);
    }

    [Fact]
    public void Nothing_adds_up_to_zero_and_a_NaN_is_the_largest_wherever_it_is()
    {
        Assert.Equal((0, 0, float.NegativeInfinity), Reduce<float, Lane512<float>>([], []));
        for (int place = 0; place < 35; place++)
        {
            float[] x = new float[35];
            x[place] = float.NaN;
            Assert.Equal((float.NaN, float.NaN, float.NaN), Reduce<float, Lane512<float>>(x, x));
            Assert.Equal((float.NaN, float.NaN, float.NaN), Reduce<float, ScalarLane<float>>(x, x));
        }
    }

    private static void Check<T>(int length, int seed, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Philox random = new((ulong)seed);
        T[] x = [.. Enumerable.Range(0, length).Select(index => T.CreateTruncating(random.Normal((ulong)index)))];
        T[] y =
        [
            .. Enumerable.Range(0, length).Select(index => T.CreateTruncating(random.Normal((ulong)(length + index)))),
        ];
        (T sum, T products, T largest) = Reduce<T, ScalarLane<T>>(x, y);
        Assert.Equal((sum, products, largest), Reduce<T, Lane128<T>>(x, y));
        Assert.Equal((sum, products, largest), Reduce<T, Lane256<T>>(x, y));
        Assert.Equal((sum, products, largest), Reduce<T, Lane512<T>>(x, y));
        Assert.Equal(x.Sum(double.CreateTruncating), double.CreateTruncating(sum), tolerance * (1 + length));
        Assert.Equal(
            x.Zip(y, (left, right) => double.CreateTruncating(left * right)).Sum(),
            double.CreateTruncating(products),
            tolerance * (1 + length));
        Assert.Equal(x.Append(T.NegativeInfinity).Max(), largest);
    }

    private static (T Sum, T Products, T Largest) Reduce<T, TLane>(T[] x, T[] y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        fixed (T* left = x, right = y)
        {
            return (
                RowReduction.Sum<T, TLane>(left, x.Length),
                RowReduction.SumOfProducts<T, TLane>(left, right, x.Length),
                RowReduction.Max<T, TLane>(left, x.Length));
        }
    }
}
