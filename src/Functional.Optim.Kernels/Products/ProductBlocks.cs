using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>
/// The blocks of C that threads compute independently; k is never divided. There are enough blocks that the threads
/// finish together. C is cut by columns first, because a strip of B is packed once for all its rows. It is cut by rows
/// too where there are few columns, or where the block of A that is read repeatedly would not fit in the second-level
/// cache.
/// </summary>
internal readonly unsafe struct ProductBlocks<T, TLane> : IParallelBody
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TLane : struct, ILane<TLane, T>
{
    private const int BlocksPerThread = 8;
    private const int MinRows = 48;
    private const int MaxRows = 384;

    private readonly MatrixView<T> a;
    private readonly MatrixView<T> b;
    private readonly MatrixView<T> c;
    private readonly bool accumulate;
    private readonly bool isUpper;
    private readonly int rows;
    private readonly int columns;
    private readonly int across;

    /// <param name="a">A.</param>
    /// <param name="b">B.</param>
    /// <param name="c">C.</param>
    /// <param name="accumulate">Whether to add to C.</param>
    /// <param name="isUpper">Whether tiles below the diagonal of C may be left as they are.</param>
    /// <param name="threads">How many threads there are.</param>
    internal ProductBlocks(
        MatrixView<T> a, MatrixView<T> b, MatrixView<T> c, bool accumulate, bool isUpper, int threads)
    {
        (this.a, this.b, this.c, this.accumulate, this.isUpper) = (a, b, c, accumulate, isUpper);
        int wanted = threads > 1 ? threads * BlocksPerThread : 1, minDown = DivideUp(c.Rows, MaxRows);
        across = Math.Min(DivideUp(wanted, minDown), DivideUp(c.Columns, TileColumns));
        int down = Math.Max(minDown, Math.Min(DivideUp(wanted, across), DivideUp(c.Rows, MinRows)));
        rows = DivideUp(DivideUp(c.Rows, down), TileRows) * TileRows;
        columns = (int)Math.Min((long)DivideUp(DivideUp(c.Columns, across), TileColumns) * TileColumns, int.MaxValue);
        across = DivideUp(c.Columns, columns);
    }

    /// <summary>The number of blocks.</summary>
    internal int Count => DivideUp(c.Rows, rows) * across;

    private static int TileRows => MicroKernel<T, TLane>.Rows;

    private static int TileColumns => MicroKernel<T, TLane>.Columns;

    /// <inheritdoc/>
    public void Run(int index)
    {
        int row = index / across * rows, height = Math.Min(rows, c.Rows - row);
        int first = index % across * columns, end = first + Math.Min(columns, c.Columns - first);
        int k = 0;
        do
        {
            int depth = Math.Min(Packing<T, TLane>.MaxRows, a.Columns - k);
            for (int column = first, width; column < end; column += width)
            {
                width = Math.Min(TileColumns, end - column);
                int tall = isUpper ? Math.Clamp(column + width - row, 0, height) : height;
                if (tall == 0) continue;
                MatrixView<T> left = a.Block(row, k, tall, depth), right = b.Block(k, column, depth, width);
                Strip(left, right, c.Block(row, column, tall, width), accumulate || k > 0);
            }

            k += depth;
        }
        while (k < a.Columns);
    }

    /// <summary>The product with one panel of B: C is as wide as a tile, or narrower at the right edge.</summary>
    private static void Strip(in MatrixView<T> a, in MatrixView<T> b, in MatrixView<T> c, bool accumulate)
    {
        // Full rows that are read only once gain nothing from packing.
        bool direct = c.Rows <= TileRows && b.Columns == TileColumns && b.ColumnStride == 1;
        MatrixView<T> panel = direct ? b : Packing<T, TLane>.Pack(b);
        T* edge = stackalloc T[TileRows * TileColumns];
        for (int row = 0, height; row < c.Rows; row += height)
        {
            height = Math.Min(TileRows, c.Rows - row);
            MatrixView<T> factor = a.Block(row, 0, height, a.Columns), tile = c.Block(row, 0, height, c.Columns);
            if (c.Columns == TileColumns)
            {
                MicroKernel<T, TLane>.Run(factor, panel, tile, accumulate);
                continue;
            }

            MatrixView<T> padded = new(edge, height, TileColumns, TileColumns);
            MatrixView<T> used = padded.Block(0, 0, height, c.Columns);
            if (accumulate) CopyRows(tile, used);
            MicroKernel<T, TLane>.Run(factor, panel, padded, accumulate);
            CopyRows(used, tile);
        }
    }

    private static void CopyRows(in MatrixView<T> source, in MatrixView<T> destination)
    {
        for (int row = 0; row < source.Rows; row++)
        {
            MatrixView<T> from = source.Block(row, 0, 1, source.Columns);
            MatrixView<T> to = destination.Block(row, 0, 1, source.Columns);
            new ReadOnlySpan<T>(from.Pointer, from.Columns).CopyTo(new Span<T>(to.Pointer, to.Columns));
        }
    }

    private static int DivideUp(int dividend, int divisor) => (int)(((long)dividend + divisor - 1) / divisor);
}
