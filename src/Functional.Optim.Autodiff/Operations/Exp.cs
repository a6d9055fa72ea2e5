using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// eˣ, element by element; it is its own derivative. Where eˣ is subnormal it keeps what digits there are, and it
    /// is ∞ only where it overflows: above 88.72 in float, 709.78 in double.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    public static Variable<T> Exp<T>(this Variable<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => UnaryNode<T, ExponentialFunction<T>>.Apply(
            input, default);

    private readonly struct ExponentialFunction<T> : IUnaryOperator<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static bool DerivativeTakesOutput => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Value<TLane>(TLane x)
            where TLane : struct, ILane<TLane, T> => Exponential.WithGradualUnderflow<T, TLane>(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane ToInput<TLane>(TLane gradient, TLane y)
            where TLane : struct, ILane<TLane, T> => gradient * y;
    }
}
