using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// The mean over the rows of −log softmax(x)[target], in nats. Rows with the target <paramref name="ignore"/> are
    /// not counted; if no row is counted, the loss is 0.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="logits">x, [..., classes].</param>
    /// <param name="targets">One class for each row, in [0, classes) or <paramref name="ignore"/>; copied.</param>
    /// <param name="ignore">The target of rows that are not counted, such as padding.</param>
    /// <returns>A scalar.</returns>
    /// <remarks>When every row is ignored, torch returns NaN.</remarks>
    /// <exception cref="ArgumentException">
    /// The number of targets is not that of the rows, or a target is out of range.
    /// </exception>
    public static Variable<T> CrossEntropy<T>(this Variable<T> logits, ReadOnlyMemory<int> targets, int ignore = -100)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (logits.Shape.Rank == 0 || logits.Shape.Rows != targets.Length)
        {
            throw new ArgumentException(
                $"Cross-entropy takes one target per row; logits of shape {logits.Shape} and {targets.Length} targets "
                + "were given.");
        }

        CrossEntropyNode<T> node = logits.Tape.Record<CrossEntropyNode<T>>(Shape.Scalar, logits);
        node.CopyTargets(targets.Span, logits.Shape.Columns, ignore);
        node.Forward();
        return node.Output;
    }

    /// <summary>∂L/∂x = (softmax(x) − onehot(target)) · ∂L/∂loss / counted.</summary>
    private sealed unsafe class CrossEntropyNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private const int RowsPerRange = 16;

        private AlignedBuffer<int>? targetBuffer;
        private AlignedBuffer<T>? slopeBuffer;
        private AlignedBuffer<double>? lossBuffer;
        private int* targets;

        /// <summary>softmax(x) − onehot(target), of every row.</summary>
        private T* slopes;
        private int ignore;
        private int counted;

        /// <summary>The rows of the variable, which may be the first node's value in another shape.</summary>
        private int rows;
        private int classes;

        /// <summary>
        /// Copies the targets and checks the copy, because another thread may change the caller's memory.
        /// </summary>
        internal void CopyTargets(ReadOnlySpan<int> targets, int classCount, int ignored)
        {
            (rows, classes, ignore, counted) = (targets.Length, classCount, ignored, 0);
            int* own = this.targets = EnsureCapacity(ref targetBuffer, rows);
            targets.CopyTo(new(own, rows));
            for (int row = 0; row < rows; row++)
            {
                if (own[row] == ignore) continue;
                counted++;
                if ((uint)own[row] >= (uint)classes)
                {
                    throw new ArgumentException(
                        $"targets[{row}] is {own[row]}; there are classes 0 to {classes - 1}, "
                        + $"and {ignore} to ignore a row.",
                        nameof(targets));
                }
            }
        }

        internal void Forward()
        {
            slopes = EnsureCapacity(ref slopeBuffer, First.Shape.Length);
            double* losses = EnsureCapacity(ref lossBuffer, rows);
            LaneLoop.Ranges<T, Slopes>(rows, RowsPerRange, new(First.Value, slopes, losses, targets, ignore, classes));
            *Value = counted == 0 ? T.Zero : T.CreateTruncating(TotalOf<double>(new(losses, rows), counted));
        }

        internal override void PropagateGradient()
        {
            T share = counted == 0 ? T.Zero : *Gradient / T.CreateTruncating(counted);
            LaneLoop.Elements<T, AddShares>(First.Shape.Length, new(slopes, First.Sink(), share));
        }

        private readonly struct Slopes(
            T* logits, T* slopes, double* losses, int* targets, int ignore, int width) : ILaneBody<T>
        {
            private readonly T* logits = logits;
            private readonly T* slopes = slopes;
            private readonly double* losses = losses;
            private readonly int* targets = targets;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (int row = start; row < end; row++)
                {
                    T* x = logits + ((long)row * width), p = slopes + ((long)row * width);
                    if (targets[row] == ignore)
                    {
                        new Span<T>(p, width).Clear();
                        losses[row] = 0;
                    }
                    else
                    {
                        losses[row] = Row<TLane>(x, p, targets[row]);
                    }
                }
            }

            /// <summary>
            /// The loss of a row, and its slopes. The target's probability is 1 less the sum of the others. When that
            /// sum is small it would be lost in a sum with 1, so the others are added without the target.
            /// </summary>
            private double Row<TLane>(T* x, T* p, int target)
                where TLane : struct, ILane<TLane, T>
            {
                (T largest, T sum) = Softmax.Exponentials<T, TLane>(x, p, width, T.One);
                T others = sum - p[target];
                if (others < T.One)
                {
                    p[target] = T.Zero;
                    others = RowReduction.Sum<T, TLane>(p, width);
                }

                p[target] = -others;
                Softmax.Divide<T, TLane>(p, width, sum);
                return others < T.One
                    ? LogOfOnePlus(double.CreateTruncating(others))
                    : Math.Log(double.CreateTruncating(sum))
                        + (double.CreateTruncating(largest) - double.CreateTruncating(x[target]));
            }

            /// <summary>log(1 + x) for x ≥ 0; the quotient corrects the rounding of 1 + x.</summary>
            private static double LogOfOnePlus(double x)
            {
                double sum = 1 + x;
                return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
            }
        }

        private readonly struct AddShares(T* slopes, GradientSink<T> sink, T share) : IElementBody<T>
        {
            private readonly T* slopes = slopes;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> =>
                sink.Add(index, TLane.Load(slopes + index) * TLane.Broadcast(share));
        }
    }
}
