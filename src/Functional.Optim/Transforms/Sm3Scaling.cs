using System.Collections.Immutable;
using System.Numerics;
using System.Numerics.Tensors;
using Functional.Optim.Kernels;

namespace Functional.Optim;

/// <summary>The scaling of SM3 for a leaf (see <see cref="Sm3"/>), without momentum, decay and learning rate.</summary>
/// <param name="Beta">β; 0 for sums.</param>
/// <param name="Epsilon">ε.</param>
internal sealed record Sm3Scaling(double Beta, double Epsilon) : Transform
{
    /// <summary>The axes that a leaf may have.</summary>
    internal const int MaxRank = 4;

    internal static ImmutableArray<string> Slots { get; } = ["axis 0", "axis 1", "axis 2", "axis 3"];

    protected internal override ImmutableArray<string> SlotNames => Slots;

    protected internal override bool TransformsLeaves => true;

    private protected override bool NeverThrows => true;

    protected internal override string? Refuses(Leaf leaf) => leaf.Rank <= MaxRank
        ? null
        : $"SM3 keeps an accumulator for each of up to {MaxRank} axes, and {leaf} has {leaf.Rank}; give it another "
            + "shape or another optimizer (Partition.Of).";

    /// <summary>A number for each index of an axis, one for a scalar; nothing for a leaf without elements.</summary>
    protected internal override ImmutableArray<int>? SlotShape(int slot, Leaf leaf)
    {
        if (leaf.Length == 0) return null;
        return slot < leaf.Rank ? [leaf.Shape[slot]] : slot == 0 ? [] : null;
    }

    /// <summary>A number for each row, and one for each column of each block of rows.</summary>
    protected internal override int ScratchLength(Leaf leaf)
    {
        if (leaf.Length == 0) return 0;
        RowBlocks rows = RowsOf(leaf);
        return leaf.Rank < 2 ? 0 : checked(rows.Rows + (rows.Total * rows.Columns));
    }

    protected internal override unsafe void TransformLeaf<T>(in LeafContext<T> leaf)
    {
        Sums<T> sums = new(Beta, Epsilon);
        int last = Math.Max(leaf.Leaf.Rank - 1, 0);
        RowBlocks blocks = RowsOf(leaf.Leaf);
        Span<T> columns = leaf.Slot(last);
        fixed (T* from = leaf.Input, to = leaf.Output, accumulators = columns)
        {
            if (leaf.Leaf.Rank < 2)
            {
                ParallelFor.Run(Vector<T>.ChunksOf(columns.Length), new Vector<T>(
                    sums, from, to, accumulators, columns.Length));
                return;
            }

            Span<T> scratch = leaf.Scratch<T>(), rows = scratch[..blocks.Rows],
                maxima = scratch.Slice(blocks.Rows, blocks.Total * blocks.Columns);
            SpreadMinima(leaf, rows);
            fixed (T* ofRows = rows, ofColumns = maxima)
                ParallelFor.Run(blocks.Total, new Rows<T>(
                    blocks, sums, from, to, accumulators, ofRows, ofColumns));
            if (Beta == 0) columns.Clear();
            for (int block = 0; block < blocks.Total; block++)
                TensorPrimitives.Max(columns, maxima.Slice(block * blocks.Columns, blocks.Columns), columns);
            CollectMaxima(leaf, rows);
        }
    }

    /// <summary>All axes but the last as rows of one matrix.</summary>
    private static RowBlocks RowsOf(Leaf leaf) =>
        leaf.Rank == 0 ? new(1, 1, 1) : new(1, leaf.Length / leaf.Shape[^1], leaf.Shape[^1]);

    /// <summary>The smallest accumulator of each row: those of its indices in all axes but the last.</summary>
    private static void SpreadMinima<T>(in LeafContext<T> leaf, Span<T> rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        rows.Fill(T.PositiveInfinity);
        for (int axis = 0, inside = rows.Length; axis < leaf.Leaf.Rank - 1; axis++)
        {
            ReadOnlySpan<T> accumulators = leaf.Slot(axis);
            inside /= accumulators.Length;
            for (int start = 0; start < rows.Length; start += inside)
            {
                Span<T> alike = rows.Slice(start, inside);
                TensorPrimitives.Min<T>(alike, accumulators[start / inside % accumulators.Length], alike);
            }
        }
    }

    /// <summary>The accumulators of all axes but the last, from the largest sum of each row.</summary>
    private void CollectMaxima<T>(in LeafContext<T> leaf, ReadOnlySpan<T> rows)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int axis = 0, inside = rows.Length; axis < leaf.Leaf.Rank - 1; axis++)
        {
            Span<T> accumulators = leaf.Slot(axis);
            inside /= accumulators.Length;
            if (Beta == 0) accumulators.Clear();
            for (int start = 0; start < rows.Length; start += inside)
            {
                ref T accumulator = ref accumulators[start / inside % accumulators.Length];
                accumulator = T.Max(accumulator, TensorPrimitives.Max(rows.Slice(start, inside)));
            }
        }
    }

    /// <summary>ν of some elements, and what their gradients are divided to by it.</summary>
    private readonly struct Sums<T>(double beta, double epsilon)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        internal const int TileLength = 512;

        private readonly T kept = T.CreateTruncating(beta == 0 ? 1 : beta);
        private readonly T weight = T.CreateTruncating(1 - beta);
        private readonly T epsilon = T.CreateTruncating(epsilon);

        /// <summary>Whether an accumulator is kept where it is larger; sums only grow.</summary>
        internal bool TakesMaximum { get; } = beta != 0;

        /// <summary>ν = kept·ν + ((1 − β)·g)·g.</summary>
        /// <param name="gradient">g.</param>
        /// <param name="sums">The minima, and then ν.</param>
        /// <param name="room">Room for as many numbers.</param>
        internal void Add(ReadOnlySpan<T> gradient, Span<T> sums, Span<T> room)
        {
            TensorPrimitives.Multiply(sums, kept, sums);
            TensorPrimitives.Multiply(gradient, weight, room);
            TensorPrimitives.MultiplyAdd(room, gradient, sums, sums);
        }

        /// <summary>g / √(ν + ε), and 0 where that divides by 0.</summary>
        internal void Divide(ReadOnlySpan<T> gradient, ReadOnlySpan<T> sums, Span<T> room, Span<T> update)
        {
            TensorPrimitives.Add(sums, epsilon, room);
            TensorPrimitives.Sqrt<T>(room, room);
            TensorPrimitives.Max(room, SquareMeans<T>.MinRoot, room);
            TensorPrimitives.Divide(gradient, room, update);
        }
    }

    /// <summary>A vector or a scalar: each element has an accumulator of its own.</summary>
    private readonly unsafe struct Vector<T>(Sums<T> sums, T* gradient, T* update, T* accumulators, int length)
        : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private const int ChunkLength = 32 * Sums<T>.TileLength;

        private readonly T* gradient = gradient;
        private readonly T* update = update;
        private readonly T* accumulators = accumulators;

        internal static int ChunksOf(int length) => ((length - 1) / ChunkLength) + 1;

        public void Run(int index)
        {
            Span<T> tile = stackalloc T[Sums<T>.TileLength], room = stackalloc T[Sums<T>.TileLength];
            int end = Math.Min((index * ChunkLength) + ChunkLength, length);
            for (int start = index * ChunkLength; start < end; start += tile.Length)
            {
                int count = Math.Min(tile.Length, end - start);
                ReadOnlySpan<T> values = new(gradient + start, count);
                Span<T> own = new(accumulators + start, count), sum = tile[..count];
                own.CopyTo(sum);
                sums.Add(values, sum, room[..count]);
                if (sums.TakesMaximum) TensorPrimitives.Max(own, sum, own);
                else sum.CopyTo(own);
                sums.Divide(values, sum, room[..count], new Span<T>(update + start, count));
            }
        }
    }

    /// <summary>The rows of a block, and the largest ν of each row and, in the block, of each column.</summary>
    private readonly unsafe struct Rows<T>(
        RowBlocks blocks, Sums<T> sums, T* gradient, T* update, T* columns, T* rows, T* maxima)
        : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T* gradient = gradient;
        private readonly T* update = update;
        private readonly T* columns = columns;
        private readonly T* rows = rows;
        private readonly T* maxima = maxima;

        public void Run(int index)
        {
            Span<T> tile = stackalloc T[Math.Min(Sums<T>.TileLength, blocks.Columns)],
                room = stackalloc T[tile.Length];
            Span<T> largest = new(maxima + ((long)index * blocks.Columns), blocks.Columns);
            largest.Clear();
            (_, int start, int end) = blocks[index];
            for (int row = start; row < end; row++)
            {
                T ofRow = T.Zero;
                for (int column = 0; column < blocks.Columns; column += tile.Length)
                {
                    int count = Math.Min(tile.Length, blocks.Columns - column);
                    long at = ((long)row * blocks.Columns) + column;
                    ReadOnlySpan<T> values = new(gradient + at, count);
                    Span<T> sum = tile[..count], inBlock = largest.Slice(column, count);
                    TensorPrimitives.Min(new ReadOnlySpan<T>(columns + column, count), rows[row], sum);
                    sums.Add(values, sum, room[..count]);
                    ofRow = T.Max(ofRow, TensorPrimitives.Max<T>(sum));
                    TensorPrimitives.Max(inBlock, sum, inBlock);
                    sums.Divide(values, sum, room[..count], new Span<T>(update + at, count));
                }

                rows[row] = ofRow;
            }
        }
    }
}
