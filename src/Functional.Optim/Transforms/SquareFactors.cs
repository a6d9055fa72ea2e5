using System.Numerics;
using System.Numerics.Tensors;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>
/// The factored mean of squares of Adafactor: for each matrix the means R of its rows and C of its columns, which give
/// back v̂ = R·Cᵀ / mean(R), exactly where v has rank one.
/// </summary>
/// <param name="blocks">The matrices.</param>
/// <param name="weight">The weight of the new squares in the means.</param>
/// <param name="epsilon">What is added to each square.</param>
internal readonly unsafe struct SquareFactors<T>(RowBlocks blocks, double weight, double epsilon)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>A tile of a row, which stays in the first cache.</summary>
    private const int TileLength = 512;

    /// <summary>Takes the squares of a gradient into the means of the rows and of the columns.</summary>
    /// <param name="gradient">The gradient.</param>
    /// <param name="rows">R of each matrix, one after the other.</param>
    /// <param name="columns">C of each matrix.</param>
    /// <param name="scratch">Room to work in; <see cref="RowBlocks.ScratchLength"/> numbers.</param>
    internal void Update(ReadOnlySpan<T> gradient, Span<T> rows, Span<T> columns, Span<double> scratch)
    {
        fixed (T* from = gradient, rowMeans = rows, columnMeans = columns)
        fixed (double* sums = scratch)
        {
            ParallelFor.Run(blocks.Total, new Squares(blocks, weight, epsilon, from, rowMeans, sums));
            ParallelFor.Run(blocks.Count, new Columns(blocks, weight, epsilon, columnMeans, sums));
        }
    }

    /// <summary>Divides a gradient by the root of v̂, each root not below a least.</summary>
    /// <param name="gradient">The gradient.</param>
    /// <param name="rows">R of each matrix, one after the other.</param>
    /// <param name="columns">C of each matrix.</param>
    /// <param name="scratch">Room to work in; <see cref="RowBlocks.ScratchLength"/> numbers.</param>
    /// <param name="minMean">The least that a mean of R counts as.</param>
    /// <param name="minRoot">The least root; positive, so that 0 / 0 is 0.</param>
    /// <param name="update">The quotients; it may be the memory of the gradient.</param>
    internal void Divide(
        ReadOnlySpan<T> gradient, ReadOnlySpan<T> rows, ReadOnlySpan<T> columns, Span<double> scratch, double minMean,
        T minRoot, Span<T> update)
    {
        Span<double> means = scratch.Slice(blocks.Total * blocks.Columns, blocks.Count);
        for (int matrix = 0; matrix < blocks.Count; matrix++)
        {
            double mean = BlockReduction.Sum(rows.Slice(matrix * blocks.Rows, blocks.Rows)) / blocks.Rows;
            means[matrix] = Math.Max(mean, minMean);
        }

        fixed (T* from = gradient, rowMeans = rows, to = update)
        fixed (double* room = scratch, ofMatrices = means)
        {
            T* roots = (T*)(room + (blocks.Total * blocks.Columns) + blocks.Count);
            TensorPrimitives.Sqrt(columns, new Span<T>(roots, columns.Length));
            ParallelFor.Run(blocks.Total, new Quotients(blocks, from, rowMeans, roots, ofMatrices, minRoot, to));
        }
    }

    /// <summary>The means of the rows of a block, and the sums of its columns.</summary>
    private readonly struct Squares(RowBlocks blocks, double weight, double epsilon, T* gradient, T* rows, double* sums)
        : IParallelBody
    {
        private readonly T* gradient = gradient;
        private readonly T* rows = rows;
        private readonly double* sums = sums;

        public void Run(int index)
        {
            (_, int start, int end) = blocks[index];
            Span<double> columns = new(sums + ((long)index * blocks.Columns), blocks.Columns);
            Span<double> tile = stackalloc double[Math.Min(TileLength, blocks.Columns)];
            columns.Clear();
            for (int row = start; row < end; row++)
            {
                ReadOnlySpan<T> values = new(gradient + ((long)row * blocks.Columns), blocks.Columns);
                double squares = (BlockReduction.SumOfSquares(values) / blocks.Columns) + epsilon;
                rows[row] = SquareMeans<T>.Kept(SquareMeans<T>.Mean(rows[row], squares, weight));
                for (int column = 0; column < values.Length; column += tile.Length)
                {
                    int count = Math.Min(tile.Length, values.Length - column);
                    TensorPrimitives.ConvertTruncating(values.Slice(column, count), tile);
                    Span<double> sum = columns.Slice(column, count);
                    TensorPrimitives.FusedMultiplyAdd(tile[..count], tile[..count], sum, sum);
                }
            }
        }
    }

    /// <summary>The means of the columns of a matrix, from the sums of its blocks in order.</summary>
    private readonly struct Columns(RowBlocks blocks, double weight, double epsilon, T* columns, double* sums)
        : IParallelBody
    {
        private readonly T* columns = columns;
        private readonly double* sums = sums;

        public void Run(int index)
        {
            (int first, int end) = blocks.BlocksOf(index);
            Span<double> total = new(sums + ((long)first * blocks.Columns), blocks.Columns);
            for (int block = first + 1; block < end; block++)
                TensorPrimitives.Add(
                    total, new ReadOnlySpan<double>(sums + ((long)block * blocks.Columns), blocks.Columns), total);
            Span<T> means = new(columns + ((long)index * blocks.Columns), blocks.Columns);
            for (int column = 0; column < means.Length; column++)
                means[column] = SquareMeans<T>.Kept(
                    SquareMeans<T>.Mean(means[column], (total[column] / blocks.Rows) + epsilon, weight));
        }
    }

    /// <summary>g / (√C·√(R / mean R)) for the rows of a block.</summary>
    private readonly struct Quotients(
        RowBlocks blocks, T* gradient, T* rows, T* roots, double* means, T minRoot, T* update)
        : IParallelBody
    {
        private readonly T* gradient = gradient;
        private readonly T* rows = rows;
        private readonly T* roots = roots;
        private readonly double* means = means;
        private readonly T* update = update;

        public void Run(int index)
        {
            (int matrix, int start, int end) = blocks[index];
            ReadOnlySpan<T> columns = new(roots + ((long)matrix * blocks.Columns), blocks.Columns);
            Span<T> tile = stackalloc T[Math.Min(TileLength, blocks.Columns)];
            for (int row = start; row < end; row++)
            {
                // Without any gradient so far the mean is 0, and so is what is divided.
                double share = means[matrix] == 0 ? 0 : double.CreateTruncating(rows[row]) / means[matrix];
                T root = T.CreateTruncating(Math.Sqrt(share));
                for (int column = 0; column < columns.Length; column += tile.Length)
                {
                    int count = Math.Min(tile.Length, columns.Length - column);
                    long at = ((long)row * columns.Length) + column;
                    Span<T> divisors = tile[..count];
                    TensorPrimitives.Multiply(columns.Slice(column, count), root, divisors);
                    TensorPrimitives.Max(divisors, minRoot, divisors);
                    TensorPrimitives.Divide(
                        new ReadOnlySpan<T>(gradient + at, count), divisors, new Span<T>(update + at, count));
                }
            }
        }
    }
}
