using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// The sigmoid linear unit x·σ(x), also named swish, element by element; its derivative is σ(x)·(1 + x·σ(−x)).
    /// </summary>
    /// <remarks>
    /// Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units for neural network function approximation in
    /// reinforcement learning", 2017, <see href="https://arxiv.org/abs/1702.03118">arXiv:1702.03118</see>.
    /// </remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    public static Variable<T> Silu<T>(this Variable<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => UnaryNode<T, SigmoidLinearUnit<T>>.Apply(input, default);

    private readonly struct SigmoidLinearUnit<T> : IUnaryOperator<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Value<TLane>(TLane x)
            where TLane : struct, ILane<TLane, T> => x * Logistic.Of<T, TLane>(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane ToInput<TLane>(TLane gradient, TLane x)
            where TLane : struct, ILane<TLane, T>
        {
            TLane one = TLane.Broadcast(T.One), other = Logistic.Of<T, TLane>(TLane.Broadcast(-T.One) * x);
            return gradient * (Logistic.Of<T, TLane>(x) * TLane.FusedMultiplyAdd(x, other, one));
        }
    }
}
