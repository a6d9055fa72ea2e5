using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

public unsafe class LogarithmTests
{
    [Fact]
    public void Of_one_plus_a_number_it_is_precise_near_zero_and_at_one()
    {
        Check<float>(3 * Math.ScaleB(1, -24));
        Check<double>(4 * Math.ScaleB(1, -53));
    }

    [Fact]
    public void Every_width_gives_the_same_bits()
    {
        float[] x = Numbers<float>();
        Assert.Equal(Of<float, ScalarLane<float>>(x), Of<float, Lane128<float>>(x));
        Assert.Equal(Of<float, ScalarLane<float>>(x), Of<float, Lane256<float>>(x));
        Assert.Equal(Of<float, ScalarLane<float>>(x), Of<float, Lane512<float>>(x));
    }

    private static void Check<T>(double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] x = Numbers<T>(), y = Of<T, Lane512<T>>(x);
        for (int index = 0; index < x.Length; index++)
        {
            // The quotient corrects the rounding of 1 + x.
            double number = double.CreateTruncating(x[index]), sum = 1 + number;
            double exact = sum == 1 ? number : Math.Log(sum) * (number / (sum - 1));
            Assert.Equal(exact, double.CreateTruncating(y[index]), tolerance * Math.Abs(exact));
        }
    }

    private static T[] Numbers<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
    [
        .. Enumerable.Range(0, 10_000).Select(index => T.CreateTruncating((index / 6666.0) - 0.5)),
        .. Enumerable.Range(1, 240).Select(index => T.CreateTruncating(Math.Pow(0.7, index))),
    ];

    private static T[] Of<T, TLane>(T[] x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        T[] result = [.. x, .. new T[16]];
        fixed (T* pointer = result)
        {
            for (int index = 0; index < x.Length; index += TLane.Width)
                TLane.Store(Logarithm.OfOnePlus<T, TLane>(TLane.Load(pointer + index)), pointer + index);
        }

        return result[..x.Length];
    }
}
