using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// The mean over all elements of the binary cross-entropy −t·log σ(x) − (1 − t)·log σ(−x), in nats.
    /// </summary>
    /// <remarks>
    /// It is computed as (1 − t)·max(x, 0) + t·max(−x, 0) + log(1 + e⁻ˣ) with e⁻ˣ of |x|, its derivative as
    /// (1 − t)·σ(x) − t·σ(−x), and that for t is −x, each divided by the number of elements. So nothing overflows for
    /// large logits, and nothing cancels where the target is almost certain.
    /// </remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="logits">x, of any shape; not empty.</param>
    /// <param name="targets">t, each in [0, 1], with a shape that fits (see <see cref="Subtract"/>).</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or there are no elements.</exception>
    public static Variable<T> BinaryCrossEntropyWithLogits<T>(this Variable<T> logits, Variable<T> targets)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => BinaryNode<T, BinaryCrossEntropy<T>>.Apply(
            logits, targets, nameof(BinaryCrossEntropyWithLogits)).Mean();

    private readonly struct BinaryCrossEntropy<T> : IBinaryOperator<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Value<TLane>(TLane left, TLane right)
            where TLane : struct, ILane<TLane, T>
        {
            TLane zero = TLane.Broadcast(T.Zero), ifFalse = TLane.Broadcast(T.One) - right;
            TLane distance = (ifFalse * TLane.Max(left, zero)) + (right * TLane.Max(zero - left, zero));
            return distance + Logistic.LogOfOnePlusPower<T, TLane>(left);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane ToLeft<TLane>(TLane gradient, TLane left, TLane right)
            where TLane : struct, ILane<TLane, T>
        {
            TLane one = TLane.Broadcast(T.One), other = Logistic.Of<T, TLane>(TLane.Broadcast(-T.One) * left);
            return gradient * (((one - right) * Logistic.Of<T, TLane>(left)) - (right * other));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane ToRight<TLane>(TLane gradient, TLane left, TLane right)
            where TLane : struct, ILane<TLane, T> => TLane.Broadcast(-T.One) * gradient * left;
    }
}
