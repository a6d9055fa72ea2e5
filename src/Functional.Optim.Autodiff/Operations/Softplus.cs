using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// log(1 + eˣ), element by element; its derivative is the <see cref="Sigmoid"/> of x. It is computed as max(x, 0) +
    /// log(1 + e⁻ˣ) with e⁻ˣ of |x|, so it does not overflow, and it is precise where it is near 0.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    public static Variable<T> Softplus<T>(this Variable<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => UnaryNode<T, SoftplusFunction<T>>.Apply(input, default);

    private readonly struct SoftplusFunction<T> : IUnaryOperator<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Value<TLane>(TLane x)
            where TLane : struct, ILane<TLane, T> =>
            TLane.Max(x, TLane.Broadcast(T.Zero)) + Logistic.LogOfOnePlusPower<T, TLane>(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane ToInput<TLane>(TLane gradient, TLane x)
            where TLane : struct, ILane<TLane, T> => gradient * Logistic.Of<T, TLane>(x);
    }
}
