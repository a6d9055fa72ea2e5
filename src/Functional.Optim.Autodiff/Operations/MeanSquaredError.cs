using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// The mean squared error: the mean of (x − y)² over every element, added in double. It is infinite only where the
    /// mean, or a difference, is.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="prediction">x; not empty.</param>
    /// <param name="target">y, with a shape that fits (see <see cref="Subtract"/>).</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or there are no elements.</exception>
    public static Variable<T> MeanSquaredError<T>(this Variable<T> prediction, Variable<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Variable<T> difference = prediction - target;
        if (difference.Shape.Length == 0)
            throw new ArgumentException($"There is no mean of the shape {difference.Shape}.", nameof(prediction));
        MeanOfSquaresNode<T> node = difference.Tape.Record<MeanOfSquaresNode<T>>(Shape.Scalar, difference);
        node.Forward();
        return node.Output;
    }

    /// <summary>The mean of x² over n elements: ∂L/∂x = 2·x/n · ∂L/∂y.</summary>
    private sealed unsafe class MeanOfSquaresNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal void Forward()
        {
            int count = First.Shape.Length;
            double sum = BlockReduction.SumOfSquares<T>(First.Values);
            // Squares of doubles overflow where their mean may not.
            double share = double.IsFinite(sum) ? 1 : Math.ScaleB(1, -(int.Log2(count) / 2) - 1);
            if (share < 1) sum = BlockReduction.SumOfSquares<T, Share>(First.Values, new(share));
            *Value = T.CreateTruncating(sum / count / share / share);
        }

        internal override void PropagateGradient()
        {
            double slope = 2 * double.CreateTruncating(*Gradient) / First.Shape.Length;
            LaneLoop.Elements<T, Backward>(
                First.Shape.Length, new(First.Value, T.CreateTruncating(slope), First.Sink()));
        }

        private readonly struct Backward(T* input, T slope, GradientSink<T> sink) : IElementBody<T>
        {
            private readonly T* input = input;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> =>
                sink.Add(index, TLane.Load(input + index) * TLane.Broadcast(slope));
        }
    }
}
