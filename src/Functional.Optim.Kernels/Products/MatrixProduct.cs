using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Products of dense matrices. Every element of C is the one chain c ← fma(a(i, k), b(k, j), c) for k = 0, 1, …, from zero or from
/// the old element, so the bits depend neither on threads nor on the vector width nor on how the loops are blocked.
/// </summary>
public static unsafe class MatrixProduct
{
    /// <summary>Up to this many multiply-adds a product runs on the calling thread.</summary>
    private const long ParallelThreshold = 1 << 18;

    /// <summary>C = A·B, or C += A·B.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="a">A, m × k.</param>
    /// <param name="b">B, k × n.</param>
    /// <param name="c">C, m × n, with a column stride of 1; it shares no element with A or B.</param>
    /// <param name="accumulate">Whether to add to C instead of overwriting it.</param>
    /// <param name="width">The lane width; any gives the same bits.</param>
    /// <exception cref="ArgumentException">The shapes do not fit together, or the column stride of C is not 1.</exception>
    public static void Multiply<T>(
        MatrixView<T> a, MatrixView<T> b, MatrixView<T> c, bool accumulate = false, LaneWidth width = LaneWidth.Best)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (a.Columns != b.Rows) throw new ArgumentException($"a is {a} and b is {b}; b must have as many rows as a has columns.", nameof(b));
        if (c.Rows != a.Rows || c.Columns != b.Columns)
            throw new ArgumentException($"c is {c}; the product of {a} and {b} is {a.Rows}×{b.Columns}.", nameof(c));
        if (c.ColumnStride != 1) throw new ArgumentException($"c has a column stride of {c.ColumnStride}; it must be 1.", nameof(c));
        switch (LaneWidths.Resolve(width))
        {
            case LaneWidth.Bits512: Run<T, Lane512<T>>(a, b, c, accumulate); break;
            case LaneWidth.Bits256: Run<T, Lane256<T>>(a, b, c, accumulate); break;
            case LaneWidth.Bits128: Run<T, Lane128<T>>(a, b, c, accumulate); break;
            default: Run<T, ScalarLane<T>>(a, b, c, accumulate); break;
        }
    }

    /// <summary>C = op(A)·op(B), or C += op(A)·op(B), over dense row-major arrays; op transposes or does nothing.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="a">op(A) is rows × inner, so A is that, or inner × rows when transposed.</param>
    /// <param name="b">op(B) is inner × columns, so B is that, or columns × inner when transposed.</param>
    /// <param name="c">C, rows × columns; apart from A and B.</param>
    /// <param name="rows">The rows of C; not negative.</param>
    /// <param name="inner">The terms of each sum; not negative.</param>
    /// <param name="columns">The columns of C; not negative.</param>
    /// <param name="transposeA">Whether A is stored transposed.</param>
    /// <param name="transposeB">Whether B is stored transposed.</param>
    /// <param name="accumulate">Whether to add to C instead of overwriting it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    /// <exception cref="ArgumentException">A length is not the product of its two sizes, or C overlaps A or B.</exception>
    public static void Multiply<T>(
        ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, int rows, int inner, int columns,
        bool transposeA = false, bool transposeB = false, bool accumulate = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireLength(a.Length, rows, inner, nameof(a));
        RequireLength(b.Length, inner, columns, nameof(b));
        RequireLength(c.Length, rows, columns, nameof(c));
        if (c.Overlaps(a) || c.Overlaps(b)) throw new ArgumentException("c overlaps a or b; it must lie apart from both.", nameof(c));
        fixed (T* left = a, right = b, result = c)
        {
            MatrixView<T> viewA = transposeA ? new MatrixView<T>(left, inner, rows, rows).Transposed : new(left, rows, inner, inner);
            MatrixView<T> viewB = transposeB ? new MatrixView<T>(right, columns, inner, inner).Transposed : new(right, inner, columns, columns);
            Multiply(viewA, viewB, new MatrixView<T>(result, rows, columns, columns), accumulate);
        }
    }

    private static void RequireLength(int length, int rows, int columns, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (length != (long)rows * columns)
            throw new ArgumentException($"{name} has length {length}; {rows}×{columns} elements are {(long)rows * columns}.", name);
    }

    private static void Run<T, TLane>(in MatrixView<T> a, in MatrixView<T> b, in MatrixView<T> c, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        if (c.Rows == 0 || c.Columns == 0) return;
        if ((long)c.Rows * c.Columns * a.Columns <= ParallelThreshold)
        {
            new Blocks<T, TLane>(a, b, c, accumulate, c.Rows, c.Columns).Run(0);
            return;
        }

        int rowStep = MicroKernel<T, TLane>.Rows, columnStep = MicroKernel<T, TLane>.Columns;
        int wanted = Blocks<T, TLane>.PerThread * Threads.Limit;
        int down = DivideUp(c.Rows, Blocks<T, TLane>.MostRows);
        int across = Math.Min(DivideUp(wanted, down), DivideUp(c.Columns, columnStep));
        down = Math.Max(down, Math.Min(DivideUp(wanted, across), DivideUp(c.Rows, Blocks<T, TLane>.FewestRows)));
        int rows = DivideUp(DivideUp(c.Rows, down), rowStep) * rowStep;
        int columns = DivideUp(DivideUp(c.Columns, across), columnStep) * columnStep;
        Blocks<T, TLane> blocks = new(a, b, c, accumulate, rows, columns);
        ParallelFor.Run(DivideUp(c.Rows, rows) * DivideUp(c.Columns, columns), blocks);
    }

    private static int DivideUp(int dividend, int divisor) => (dividend + divisor - 1) / divisor;

    /// <summary>C cut into blocks that are worked out independently.</summary>
    private readonly struct Blocks<T, TLane>(
        MatrixView<T> a, MatrixView<T> b, MatrixView<T> c, bool accumulate, int blockRows, int blockColumns) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        internal const int PerThread = 8;
        internal const int MostRows = 384;
        internal const int FewestRows = 48;

        public void Run(int index)
        {
            int across = DivideUp(c.Columns, blockColumns), step = MicroKernel<T, TLane>.Columns;
            int row = index / across * blockRows, firstColumn = index % across * blockColumns;
            int rows = Math.Min(blockRows, c.Rows - row), endColumn = Math.Min(firstColumn + blockColumns, c.Columns);
            int k = 0;
            do
            {
                int depth = Math.Min(Packing<T>.MostRows, a.Columns - k);
                for (int column = firstColumn; column < endColumn; column += step)
                {
                    int columns = Math.Min(step, endColumn - column);
                    Strip(a.Block(row, k, rows, depth), b.Block(k, column, depth, columns), c.Block(row, column, rows, columns), accumulate || k > 0);
                }

                k += depth;
            }
            while (k < a.Columns);
        }

        private static void Strip(in MatrixView<T> a, in MatrixView<T> b, in MatrixView<T> c, bool accumulate)
        {
            int step = MicroKernel<T, TLane>.Rows, width = MicroKernel<T, TLane>.Columns;
            MatrixView<T> panel = Packing<T>.Pack(b, width);
            T* edge = stackalloc T[step * width];
            for (int row = 0; row < c.Rows; row += step)
            {
                int rows = Math.Min(step, c.Rows - row);
                MatrixView<T> factor = a.Block(row, 0, rows, a.Columns), tile = c.Block(row, 0, rows, c.Columns);
                if (c.Columns == width)
                {
                    MicroKernel<T, TLane>.Run(factor, panel, tile, accumulate);
                    continue;
                }

                MatrixView<T> whole = new(edge, rows, width, width);
                if (accumulate) Copy(tile, whole);
                MicroKernel<T, TLane>.Run(factor, panel, whole, accumulate);
                Copy(whole.Block(0, 0, rows, c.Columns), tile);
            }
        }

        private static void Copy(in MatrixView<T> source, in MatrixView<T> destination)
        {
            for (int row = 0; row < source.Rows; row++)
                new ReadOnlySpan<T>(source.Pointer + ((nint)row * source.RowStride), source.Columns)
                    .CopyTo(new Span<T>(destination.Pointer + ((nint)row * destination.RowStride), source.Columns));
        }
    }
}
