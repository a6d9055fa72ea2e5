using System.Numerics;
using System.Numerics.Tensors;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// Means of squares, and the mean for each element of what Adafactor does not factor: vectors and scalars.
/// </summary>
internal static unsafe class SquareMeans<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int TileLength = 512, Chunk = 32 * TileLength;

    /// <summary>The least divisor: below it only 0 is divided, and 0 / 0 is to be 0.</summary>
    internal static T MinRoot { get; } = T.CreateTruncating(
        typeof(T) == typeof(float) ? 1.17549435e-38 : 2.2250738585072014e-308);

    /// <summary>The mean after new squares.</summary>
    internal static double Mean(T before, double squares, double weight) =>
        ((1 - weight) * double.CreateTruncating(before)) + (weight * squares);

    /// <summary>A mean as it is kept: that of finite gradients is at most the largest number of the type.</summary>
    internal static T Kept(double mean) =>
        T.CreateTruncating(double.IsFinite(mean)
            ? Math.Min(mean, ElementType.Largest<T>())
            : mean);

    /// <summary>v' = (1 − w)·v + w·(g² + ε), and u = g / max(√v', least).</summary>
    internal static void Divide(
        ReadOnlySpan<T> gradient, Span<T> means, double weight, double epsilon, T minRoot, Span<T> update)
    {
        fixed (T* from = gradient, squares = means, to = update)
        {
            ParallelFor.Run(
                ((gradient.Length - 1) / Chunk) + 1,
                new Quotients(
                    from, squares, to, gradient.Length, T.CreateTruncating(weight), T.CreateTruncating(1 - weight),
                    T.CreateTruncating(weight * epsilon), minRoot));
        }
    }

    private readonly struct Quotients(
        T* gradient, T* means, T* update, int length, T weight, T kept, T added, T minRoot)
        : IParallelBody
    {
        private readonly T* gradient = gradient;
        private readonly T* means = means;
        private readonly T* update = update;

        public void Run(int index)
        {
            Span<T> room = stackalloc T[TileLength];
            int end = Math.Min((index * Chunk) + Chunk, length);
            for (int start = index * Chunk; start < end; start += TileLength)
            {
                int count = Math.Min(TileLength, end - start);
                ReadOnlySpan<T> values = new(gradient + start, count);
                Span<T> mean = new(means + start, count), tile = room[..count];
                // w·g first, so that a mean within the range is reached though the square is not.
                TensorPrimitives.Multiply(values, weight, tile);
                TensorPrimitives.MultiplyAdd(tile, values, added, tile);
                TensorPrimitives.MultiplyAdd(mean, kept, tile, mean);
                TensorPrimitives.Sqrt(mean, tile);
                TensorPrimitives.Max(tile, minRoot, tile);
                TensorPrimitives.Divide(values, tile, new Span<T>(update + start, count));
            }
        }
    }
}
