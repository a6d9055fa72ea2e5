using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// The logistic function σ(x) = 1 / (1 + e⁻ˣ), element by element; its derivative is σ(x)·σ(−x). Both are precise
    /// for every x, also where σ(x) rounds to 1.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    public static Variable<T> Sigmoid<T>(this Variable<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => UnaryNode<T, SigmoidFunction<T>>.Apply(input, default);

    private readonly struct SigmoidFunction<T> : IUnaryOperator<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Value<TLane>(TLane x)
            where TLane : struct, ILane<TLane, T> => Logistic.Of<T, TLane>(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane ToInput<TLane>(TLane gradient, TLane x)
            where TLane : struct, ILane<TLane, T> => gradient * Logistic.Slope<T, TLane>(x);
    }
}
