using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>Products of dense matrices.</summary>
/// <remarks>
/// Each element of C is one chain c ← fma(a(i, k), b(k, j), c) over k = 0, 1, …, from zero or from the old element. So
/// the bits depend neither on the number of threads, nor on the vector width, nor on the blocking of the loops. Large
/// products run on several threads. Calls from several threads are safe as long as they write different memory.
/// </remarks>
public static unsafe class MatrixProduct
{
    /// <summary>Products of at most this many multiply-adds run on the calling thread.</summary>
    private const double ParallelThreshold = 1 << 18;

    /// <summary>C = A·B, or C += A·B.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="a">A, m × k.</param>
    /// <param name="b">B, k × n.</param>
    /// <param name="c">C, m × n, with a column stride of 1; it must share no element with A or B.</param>
    /// <param name="accumulate">Whether to add to C instead of overwriting it.</param>
    /// <param name="width">The lane width; any gives the same bits.</param>
    /// <exception cref="ArgumentException">
    /// The shapes do not fit together, or the column stride of C is not 1.
    /// </exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public static void Multiply<T>(
        MatrixView<T> a, MatrixView<T> b, MatrixView<T> c, bool accumulate = false, LaneWidth width = LaneWidth.Best)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.Require<T>();
        if (a.Columns != b.Rows)
        {
            throw new ArgumentException(
                $"a is {a} and b is {b}; b must have as many rows as a has columns.", nameof(b));
        }

        if (c.Rows != a.Rows || c.Columns != b.Columns)
            throw new ArgumentException($"c is {c}; the product of {a} and {b} is {a.Rows}×{b.Columns}.", nameof(c));
        if (c.ColumnStride != 1)
            throw new ArgumentException($"c has a column stride of {c.ColumnStride}; it must be 1.", nameof(c));
        switch (LaneWidths.Compiled(LaneWidths.Resolve(width)))
        {
            case LaneWidth.Bits512: Run<T, Lane512<T>>(a, b, c, accumulate, isUpper: false); break;
            case LaneWidth.Bits256: Run<T, Lane256<T>>(a, b, c, accumulate, isUpper: false); break;
            case LaneWidth.Bits128: Run<T, Lane128<T>>(a, b, c, accumulate, isUpper: false); break;
            default: Run<T, ScalarLane<T>>(a, b, c, accumulate, isUpper: false); break;
        }
    }

    /// <summary>
    /// C = A·B, or C += A·B, where that is symmetric, such as A·Aᵀ: half of the work for the same bits.
    /// </summary>
    /// <param name="a">A, n × k.</param>
    /// <param name="b">B, k × n.</param>
    /// <param name="c">C, n × n, with a column stride of 1; it must share no element with A or B.</param>
    /// <param name="accumulate">Whether to add to C, which is symmetric, instead of overwriting it.</param>
    internal static void MultiplySymmetric<T>(
        MatrixView<T> a, MatrixView<T> b, MatrixView<T> c, bool accumulate = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        switch (LaneWidths.Compiled(LaneWidths.Resolve(LaneWidth.Best)))
        {
            case LaneWidth.Bits512: Run<T, Lane512<T>>(a, b, c, accumulate, isUpper: true); break;
            case LaneWidth.Bits256: Run<T, Lane256<T>>(a, b, c, accumulate, isUpper: true); break;
            case LaneWidth.Bits128: Run<T, Lane128<T>>(a, b, c, accumulate, isUpper: true); break;
            default: Run<T, ScalarLane<T>>(a, b, c, accumulate, isUpper: true); break;
        }

        // In squares, so that both sides of the diagonal stay in the cache.
        const int square = 32;
        for (int top = 0; top < c.Rows; top += square)
        {
            for (int left = 0; left <= top; left += square)
            {
                for (int row = top; row < Math.Min(top + square, c.Rows); row++)
                {
                    T* below = c.Pointer + ((nint)row * c.RowStride), above = c.Pointer + row;
                    for (int column = left; column < Math.Min(left + square, row); column++)
                        below[column] = above[(nint)column * c.RowStride];
                }
            }
        }
    }

    /// <summary>
    /// C = op(A)·op(B), or C += op(A)·op(B), over dense row-major spans; op transposes its matrix or leaves it as it
    /// is.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="a">A. op(A) is rows × inner, so A is inner × rows when transposed.</param>
    /// <param name="b">B. op(B) is inner × columns, so B is columns × inner when transposed.</param>
    /// <param name="c">C, rows × columns; it must not overlap A or B.</param>
    /// <param name="rows">The rows of C; not negative.</param>
    /// <param name="inner">The number of terms of each sum; not negative.</param>
    /// <param name="columns">The columns of C; not negative.</param>
    /// <param name="transposeA">Whether A is stored transposed.</param>
    /// <param name="transposeB">Whether B is stored transposed.</param>
    /// <param name="accumulate">Whether to add to C instead of overwriting it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    /// <exception cref="ArgumentException">
    /// A length is not the product of its two sizes, or C overlaps A or B.
    /// </exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public static void Multiply<T>(
        ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, int rows, int inner, int columns,
        bool transposeA = false, bool transposeB = false, bool accumulate = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.Require<T>();
        RequireLength(a.Length, rows, inner, nameof(a));
        RequireLength(b.Length, inner, columns, nameof(b));
        RequireLength(c.Length, rows, columns, nameof(c));
        if (c.Overlaps(a) || c.Overlaps(b))
            throw new ArgumentException("c overlaps a or b; it must overlap neither.", nameof(c));
        fixed (T* left = a, right = b, result = c)
        {
            MatrixView<T> viewA = transposeA ? new(left, rows, inner, 1, rows) : new(left, rows, inner, inner);
            MatrixView<T> viewB =
                transposeB ? new(right, inner, columns, 1, inner) : new(right, inner, columns, columns);
            Multiply(viewA, viewB, new MatrixView<T>(result, rows, columns, columns), accumulate);
        }
    }

    private static void RequireLength(int length, int rows, int columns, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (length != (long)rows * columns)
        {
            throw new ArgumentException(
                $"{name} has length {length}; {rows}×{columns} elements are {(long)rows * columns}.", name);
        }
    }

    private static void Run<T, TLane>(
        in MatrixView<T> a, in MatrixView<T> b, in MatrixView<T> c, bool accumulate, bool isUpper)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLane : struct, ILane<TLane, T>
    {
        if (c.Rows == 0 || c.Columns == 0) return;
        bool small = (double)c.Rows * c.Columns * a.Columns <= ParallelThreshold;
        ProductBlocks<T, TLane> blocks = new(a, b, c, accumulate, isUpper, small ? 1 : Threads.Limit);
        if (small)
        {
            for (int index = 0; index < blocks.Count; index++) blocks.Run(index);
        }
        else
        {
            ParallelFor.Run(blocks.Count, blocks);
        }
    }
}
