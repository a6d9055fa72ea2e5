using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>Σx over every element, added in double in blocks of a fixed order.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    /// <returns>A scalar.</returns>
    public static Variable<T> Sum<T>(this Variable<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        SumNode<T> node = input.Tape.Record<SumNode<T>>(Shape.Scalar, input);
        node.Forward();
        return node.Output;
    }

    /// <summary>The mean of every element.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x; not empty.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The input is empty.</exception>
    public static Variable<T> Mean<T>(this Variable<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        input.Shape.Length > 0
            ? input.Sum().Scale(T.One / T.CreateTruncating(input.Shape.Length))
            : throw new ArgumentException($"There is no mean of the shape {input.Shape}.", nameof(input));

    /// <summary>∂L/∂x = ∂L/∂y everywhere.</summary>
    private sealed unsafe class SumNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal void Forward() => *Value = T.CreateTruncating(BlockReduction.Sum<T>(First.Values));

        internal override void PropagateGradient() => LaneLoop.Elements<T, Backward>(First.Shape.Length, new(*Gradient, First.Sink()));

        private readonly struct Backward(T gradient, GradientSink<T> sink) : IElementBody<T>
        {
            private readonly T gradient = gradient;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> => sink.Add(index, TLane.Broadcast(gradient));
        }
    }
}
