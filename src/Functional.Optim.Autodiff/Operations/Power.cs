using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// xᶜ with a constant c, element by element; its derivative is c·xᶜ⁻¹, and 0 everywhere for c = 0. Below 0 the
    /// value is NaN unless c is an integer. At 0 the value is ∞ for c &lt; 0, and the derivative is infinite for c &lt;
    /// 1 other than 0.
    /// </summary>
    /// <remarks>
    /// Both are computed in double, number by number. To square, multiply: x·x is faster.
    /// </remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    /// <param name="exponent">c.</param>
    public static Variable<T> Power<T>(this Variable<T> input, double exponent)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => UnaryNode<T, PowerFunction<T>>.Apply(
            input, new(exponent));

    private readonly struct PowerFunction<T>(double exponent) : IUnaryOperator<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly double exponent = exponent;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Value<TLane>(TLane x)
            where TLane : struct, ILane<TLane, T> => ScalarMap.Of<T, TLane, PowerOf>(x, new(1, exponent));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane ToInput<TLane>(TLane gradient, TLane x)
            where TLane : struct, ILane<TLane, T>
        {
            PowerOf slope = exponent == 0 ? new(0, 0) : new(exponent, exponent - 1);
            return gradient * ScalarMap.Of<T, TLane, PowerOf>(x, slope);
        }
    }

    private readonly struct PowerOf(double factor, double exponent) : IScalarFunction
    {
        private readonly double factor = factor;
        private readonly double exponent = exponent;

        public double Of(double x) => factor * Math.Pow(x, exponent);
    }
}
