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
    /// <param name="targets">One class per row, in [0, classes) or <paramref name="ignore"/>; they must not change before the gradients are made.</param>
    /// <param name="ignore">The target that marks a row to be left out, such as padding.</param>
    /// <returns>A scalar.</returns>
    /// <remarks>torch returns NaN where every row is ignored.</remarks>
    /// <exception cref="ArgumentException">There are not as many targets as rows, or one is out of range.</exception>
    public static Variable<T> CrossEntropy<T>(this Variable<T> logits, ReadOnlyMemory<int> targets, int ignore = -100)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (logits.Shape.Rank == 0 || logits.Shape.Rows != targets.Length)
            throw new ArgumentException($"Cross-entropy takes one target per row; logits of shape {logits.Shape} and {targets.Length} targets were given.");
        int counted = 0;
        for (int row = 0; row < targets.Length; row++)
        {
            int target = targets.Span[row];
            if (target == ignore) continue;
            counted++;
            if ((uint)target >= (uint)logits.Shape.Columns)
                throw new ArgumentException($"targets[{row}] is {target}; there are classes 0 to {logits.Shape.Columns - 1}, and {ignore} to ignore a row.", nameof(targets));
        }

        CrossEntropyNode<T> node = logits.Tape.Record<CrossEntropyNode<T>>(Shape.Scalar, logits, inputs: 1);
        node.Forward(targets, ignore, counted);
        return node.Output;
    }

    /// <summary>∂L/∂x = (softmax(x) − onehot(target)) · ∂L/∂loss / counted.</summary>
    private sealed unsafe class CrossEntropyNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private const int RowsPerRange = 16;

        private ReadOnlyMemory<int> targets;
        private int ignore;
        private int counted;
        private AlignedBuffer<T>? probabilities;
        private AlignedBuffer<double>? losses;

        internal void Forward(ReadOnlyMemory<int> classes, int ignored, int count)
        {
            (targets, ignore, counted) = (classes, ignored, count);
            if (probabilities is null || probabilities.Length < First.Shape.Length) probabilities = new AlignedBuffer<T>(First.Shape.Length);
            if (losses is null || losses.Length < targets.Length) losses = new AlignedBuffer<double>(targets.Length);
            int width = First.Shape.Columns;
            LaneLoop.Ranges<T, Probabilities>(
                targets.Length, RowsPerRange, new(First.Value, probabilities.Pointer, losses.Pointer, targets, ignore, width));
            double total = BlockReduction.Sum<double>(losses.Span[..targets.Length]);
            *Value = counted == 0 ? T.Zero : T.CreateTruncating(total / counted);
        }

        internal override void PropagateGradient()
        {
            T share = counted == 0 ? T.Zero : *Gradient / T.CreateTruncating(counted);
            LaneLoop.Ranges<T, Backward>(
                targets.Length, RowsPerRange, new(probabilities!.Pointer, First.Sink(), targets, ignore, First.Shape.Columns, share));
        }

        internal override void Forget()
        {
            base.Forget();
            targets = default;
        }

        private readonly struct Probabilities(T* logits, T* probabilities, double* losses, ReadOnlyMemory<int> targets, int ignore, int width) : ILaneBody<T>
        {
            private readonly T* logits = logits;
            private readonly T* probabilities = probabilities;
            private readonly double* losses = losses;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (int row = start; row < end; row++)
                {
                    int target = targets.Span[row];
                    losses[row] = 0;
                    if (target == ignore) continue;
                    T* x = logits + ((long)row * width);
                    (T largest, T sum) = Softmax.Row<T, TLane>(x, probabilities + ((long)row * width), width, T.One);
                    losses[row] = Math.Log(double.CreateTruncating(sum)) + double.CreateTruncating(largest) - double.CreateTruncating(x[target]);
                }
            }
        }

        private readonly struct Backward(T* probabilities, GradientSink<T> sink, ReadOnlyMemory<int> targets, int ignore, int width, T share) : ILaneBody<T>
        {
            private readonly T* probabilities = probabilities;

            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (int row = start; row < end; row++)
                {
                    int target = targets.Span[row];
                    long first = (long)row * width;
                    int at = 0;
                    if (target == ignore)
                    {
                        for (; at < width; at++) sink.Add(first + at, ScalarLane<T>.Broadcast(T.Zero));
                        continue;
                    }

                    for (; at <= width - TLane.Width; at += TLane.Width)
                        sink.Add(first + at, TLane.Load(probabilities + first + at) * TLane.Broadcast(share));
                    for (; at < width; at++) sink.Add(first + at, ScalarLane<T>.Broadcast(probabilities[first + at] * share));
                    sink.Address[first + target] -= share;
                }
            }
        }
    }
}
