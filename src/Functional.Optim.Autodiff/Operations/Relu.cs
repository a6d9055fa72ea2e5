using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>max(x, 0), element by element; the derivative at 0 is 0. A NaN stays NaN.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    public static Variable<T> Relu<T>(this Variable<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => UnaryNode<T, Rectifier<T>>.Apply(input, default);

    private readonly struct Rectifier<T> : IUnaryOperator<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Value<TLane>(TLane x)
            where TLane : struct, ILane<TLane, T> => TLane.Max(x, TLane.Broadcast(T.Zero));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane ToInput<TLane>(TLane gradient, TLane x)
            where TLane : struct, ILane<TLane, T>
        {
            TLane zero = TLane.Broadcast(T.Zero);
            return TLane.SelectGreater(x, zero, gradient, zero);
        }
    }
}
