using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// The natural logarithm log x, element by element; its derivative is 1/x. At 0 the value is −∞ and the derivative
    /// ∞, and below 0 the value is NaN: where x may be 0, add a small number first. Of a probability that a network
    /// computes, prefer a loss of logits, such as <see cref="CrossEntropy"/>.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    public static Variable<T> Log<T>(this Variable<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => UnaryNode<T, NaturalLogarithm<T>>.Apply(input, default);

    private readonly struct NaturalLogarithm<T> : IUnaryOperator<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Value<TLane>(TLane x)
            where TLane : struct, ILane<TLane, T> => ScalarMap.Of<T, TLane, LogOf>(x, default);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane ToInput<TLane>(TLane gradient, TLane x)
            where TLane : struct, ILane<TLane, T> => gradient / x;
    }

    private readonly struct LogOf : IScalarFunction
    {
        public double Of(double x) => Math.Log(x);
    }
}
