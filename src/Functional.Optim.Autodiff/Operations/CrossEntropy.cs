using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// The mean over the rows of −log softmax(x)[target], in nats; rows whose target is <paramref name="ignore"/> do not count, and
    /// when none counts the loss is 0.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="logits">x, [..., classes].</param>
    /// <param name="targets">One class per row, in [0, classes) or <paramref name="ignore"/>; copied.</param>
    /// <param name="ignore">The target that marks a row to be left out, such as padding.</param>
    /// <returns>A scalar.</returns>
    /// <remarks>torch returns NaN where every row is ignored.</remarks>
    /// <exception cref="ArgumentException">There are not as many targets as rows, or one is out of range.</exception>
    public static Variable<T> CrossEntropy<T>(this Variable<T> logits, ReadOnlyMemory<int> targets, int ignore = -100)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (logits.Shape.Rank == 0 || logits.Shape.Rows != targets.Length)
            throw new ArgumentException($"Cross-entropy takes one target per row; logits of shape {logits.Shape} and {targets.Length} targets were given.");
        int counted = 0, classes = logits.Shape.Columns;
        ReadOnlySpan<int> each = targets.Span;
        for (int row = 0; row < each.Length; row++)
        {
            if (each[row] == ignore) continue;
            counted++;
            if ((uint)each[row] >= (uint)classes)
            {
                throw new ArgumentException(
                    $"targets[{row}] is {each[row]}; there are classes 0 to {classes - 1}, and {ignore} to ignore a row.", nameof(targets));
            }
        }

        CrossEntropyNode<T> node = logits.Tape.Record<CrossEntropyNode<T>>(Shape.Scalar, logits);
        node.Forward(each, classes, ignore, counted);
        return node.Output;
    }

    /// <summary>∂L/∂x = (softmax(x) − onehot(target)) · ∂L/∂loss / counted.</summary>
    private sealed unsafe class CrossEntropyNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private const int RowsPerRange = 16;

        private AlignedBuffer<int>? targetBuffer;
        private AlignedBuffer<T>? probabilityBuffer;
        private AlignedBuffer<double>? lossBuffer;
        private int* targets;
        private T* probabilities;
        private int ignore;
        private int counted;

        /// <summary>Of the variable, which may be the first node's value in another shape.</summary>
        private int rows;
        private int classes;

        internal void Forward(ReadOnlySpan<int> wanted, int classCount, int ignored, int count)
        {
            (rows, classes, ignore, counted) = (wanted.Length, classCount, ignored, count);
            targets = Room(ref targetBuffer, rows);
            probabilities = Room(ref probabilityBuffer, First.Shape.Length);
            double* losses = Room(ref lossBuffer, rows);
            wanted.CopyTo(new(targets, rows));
            LaneLoop.Ranges<T, Probabilities>(rows, RowsPerRange, new(First.Value, probabilities, losses, targets, ignore, classes));
            double total = BlockReduction.Sum<double>(new(losses, rows));
            *Value = counted == 0 ? T.Zero : T.CreateTruncating(total / counted);
        }

        internal override void PropagateGradient()
        {
            T share = counted == 0 ? T.Zero : *Gradient / T.CreateTruncating(counted);
            LaneLoop.Ranges<T, Backward>(rows, RowsPerRange, new(probabilities, First.Sink(), targets, ignore, classes, share));
        }

        private readonly struct Probabilities(T* logits, T* probabilities, double* losses, int* targets, int ignore, int width) : ILaneBody<T>
        {
            private readonly T* logits = logits;
            private readonly T* probabilities = probabilities;
            private readonly double* losses = losses;
            private readonly int* targets = targets;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (int row = start; row < end; row++)
                {
                    T* x = logits + ((long)row * width), p = probabilities + ((long)row * width);
                    if (targets[row] == ignore)
                    {
                        new Span<T>(p, width).Clear();
                        losses[row] = 0;
                        continue;
                    }

                    (T largest, T sum) = Softmax.Row<T, TLane>(x, p, width, T.One);
                    losses[row] = Math.Log(double.CreateTruncating(sum)) + double.CreateTruncating(largest - x[targets[row]]);
                }
            }
        }

        private readonly struct Backward(T* probabilities, GradientSink<T> sink, int* targets, int ignore, int width, T share) : ILaneBody<T>
        {
            private readonly T* probabilities = probabilities;
            private readonly int* targets = targets;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                LaneLoop.Run<T, TLane, AddShares>(start * width, end * width, new(probabilities, sink, share));
                for (int row = start; row < end; row++)
                {
                    if (targets[row] != ignore) sink.Address[((long)row * width) + targets[row]] -= share;
                }
            }
        }

        private readonly struct AddShares(T* probabilities, GradientSink<T> sink, T share) : IElementBody<T>
        {
            private readonly T* probabilities = probabilities;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> => sink.Add(index, TLane.Load(probabilities + index) * TLane.Broadcast(share));
        }
    }
}
