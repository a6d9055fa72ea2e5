using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// The square root √x, element by element; its derivative is 1 / (2·√x). At 0 the derivative is ∞ (and NaN times a
    /// gradient of 0), and below 0 the value is NaN: where x may be 0, add a small number first.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    public static Variable<T> Sqrt<T>(this Variable<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => UnaryNode<T, SquareRoot<T>>.Apply(input, default);

    private readonly struct SquareRoot<T> : IUnaryOperator<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public static bool DerivativeTakesOutput => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Value<TLane>(TLane x)
            where TLane : struct, ILane<TLane, T> => TLane.Sqrt(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane ToInput<TLane>(TLane gradient, TLane y)
            where TLane : struct, ILane<TLane, T> => TLane.Broadcast(T.CreateTruncating(0.5)) * gradient / y;
    }
}
