using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>c·x, element by element.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    /// <param name="factor">c.</param>
    public static Variable<T> Scale<T>(this Variable<T> input, T factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => UnaryNode<T, Scaling<T>>.Apply(input, new(factor));

    private readonly struct Scaling<T>(T factor) : IUnaryOperator<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T factor = factor;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Value<TLane>(TLane x)
            where TLane : struct, ILane<TLane, T> => TLane.Broadcast(factor) * x;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane ToInput<TLane>(TLane gradient, TLane x)
            where TLane : struct, ILane<TLane, T> => TLane.Broadcast(factor) * gradient;
    }
}
