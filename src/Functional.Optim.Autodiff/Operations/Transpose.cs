using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// The dimensions in another order: dimension d of the result is dimension <paramref name="axes"/>[d] of x. ∂L/∂x
    /// is ∂L/∂y with the dimensions put back.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    /// <param name="axes">
    /// Every dimension of x once, such as 0, 2, 1, 3; without any, the last two are swapped.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The axes are not the dimensions of x, or x has fewer than two to swap.
    /// </exception>
    public static Variable<T> Transpose<T>(this Variable<T> input, params ReadOnlySpan<int> axes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int rank = input.Shape.Rank, seen = 0;
        Span<int> order = stackalloc int[Shape.MaximumRank];
        if (axes.Length == 0 && rank > 1)
        {
            for (int dimension = 0; dimension < rank; dimension++) order[dimension] = dimension;
            (order[rank - 1], order[rank - 2]) = (rank - 2, rank - 1);
        }
        else
        {
            foreach (int axis in axes)
            {
                if (axis >= 0 && axis < rank) seen |= 1 << axis;
            }

            if (axes.Length != rank || rank == 0 || seen != (1 << rank) - 1)
            {
                throw new ArgumentException(
                    $"A transposition takes every dimension of {input.Shape} once, or none to swap the last two of at "
                    + $"least two; [{string.Join(", ", axes.ToArray())}] was given.",
                    nameof(axes));
            }

            axes.CopyTo(order);
        }

        Span<int> sizes = stackalloc int[Shape.MaximumRank], strides = stackalloc int[Shape.MaximumRank];
        for (int dimension = 0; dimension < rank; dimension++)
        {
            sizes[dimension] = input.Shape[order[dimension]];
            strides[dimension] = AxisView.Of(input.Shape, order[dimension]).Inner;
        }

        TransposeNode<T> node = input.Tape.Record<TransposeNode<T>>(new Shape(sizes[..rank]), input);
        node.Forward(strides[..rank]);
        return node.Output;
    }

    private sealed unsafe class TransposeNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        /// <summary>The sizes of the result in four dimensions, the first ones 1.</summary>
        private (int First, int Second, int Third, int Fourth) sizes;
        private (int First, int Second, int Third, int Fourth) strides;

        internal void Forward(ReadOnlySpan<int> inputStrides)
        {
            Span<int> size = [1, 1, 1, 1], stride = stackalloc int[Shape.MaximumRank];
            int before = Shape.MaximumRank - Shape.Rank;
            for (int dimension = 0; dimension < Shape.Rank; dimension++)
                (size[before + dimension], stride[before + dimension]) = (Shape[dimension], inputStrides[dimension]);
            (sizes, strides) = (
                (size[0], size[1], size[2], size[3]), (stride[0], stride[1], stride[2], stride[3]));
            Run(new GradientSink<T>(Value, Shape.Length, accumulate: false), isForward: true);
        }

        internal override void PropagateGradient() => Run(First.Sink(), isForward: false);

        private void Run(GradientSink<T> to, bool isForward)
        {
            if (Shape.Length == 0) return;
            T* from = isForward ? First.Value : Gradient;
            int perRange = Math.Max(1, LaneLoop.ElementsPerRange / sizes.Fourth);
            LaneLoop.Ranges<T, Move>(Shape.Rows, perRange, new(from, to, sizes, strides, isForward));
        }

        /// <summary>Moves rows of the result, from the input or to its gradient.</summary>
        private readonly struct Move(
            T* from,
            GradientSink<T> to,
            (int First, int Second, int Third, int Fourth) sizes,
            (int First, int Second, int Third, int Fourth) strides,
            bool isForward) : ILaneBody<T>
        {
            private readonly T* from = from;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (int row = start; row < end; row++)
                {
                    int third = row % sizes.Third, second = row / sizes.Third % sizes.Second;
                    int first = row / sizes.Third / sizes.Second;
                    long inInput = ((long)first * strides.First) + ((long)second * strides.Second)
                        + ((long)third * strides.Third);
                    long inResult = (long)row * sizes.Fourth;
                    for (int column = 0; column < sizes.Fourth; column++, inResult++, inInput += strides.Fourth)
                    {
                        if (isForward) to.Add(inResult, ScalarLane<T>.Load(from + inInput));
                        else to.Add(inInput, ScalarLane<T>.Load(from + inResult));
                    }
                }
            }
        }
    }
}
