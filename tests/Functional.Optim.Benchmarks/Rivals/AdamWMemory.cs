using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Benchmarks.Rivals;

/// <summary>The memory of AdamW: parameters, gradients and two moments.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal sealed class AdamWMemory<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AlignedBuffer<T> theta, gradient, m, v;

    /// <summary>Allocates it, with a sine as the gradients and zeros elsewhere.</summary>
    /// <param name="parameters">The number of parameters.</param>
    internal AdamWMemory(int parameters)
    {
        (theta, gradient, m, v) = (new(parameters), new(parameters), new(parameters), new(parameters));
        for (int index = 0; index < parameters; index++) gradient.Span[index] = T.Sin(T.CreateTruncating(index));
    }

    internal int Length => theta.Length;

    internal Span<T> Theta => theta.Span;

    internal ReadOnlySpan<T> Gradient => gradient.Span;

    internal Span<T> M => m.Span;

    internal Span<T> V => v.Span;

    /// <summary>A step of this library over it.</summary>
    internal void Step() =>
        AdamWNumbers.Optimizer.Step<T>(AdamWNumbers.Step, Theta, Gradient, new(M, V), Theta, new(M, V));

    /// <summary>A step of a rival over it, on the threads of the library.</summary>
    /// <typeparam name="TRange">The rival.</typeparam>
    /// <param name="rangeLength">The number of parameters that a thread takes at a time.</param>
    internal void Step<TRange>(int rangeLength)
        where TRange : IRange<T> =>
        ParallelFor.Run((int)(((long)Length + rangeLength - 1) / rangeLength), new Ranges<TRange>(this, rangeLength));

    private readonly struct Ranges<TRange>(AdamWMemory<T> of, int rangeLength) : IParallelBody
        where TRange : IRange<T>
    {
        public void Run(int index)
        {
            int start = index * rangeLength, length = Math.Min(rangeLength, of.Length - start);
            TRange.Step(
                of.Theta.Slice(start, length), of.Gradient.Slice(start, length), of.M.Slice(start, length),
                of.V.Slice(start, length));
        }
    }
}
