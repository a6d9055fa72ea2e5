namespace Functional.Optim.Kernels;

/// <summary>
/// A view of a matrix in memory: element (i, j) is at Pointer[i·RowStride + j·ColumnStride]. Strides are free, so a
/// transpose or a block of a larger matrix is a view too.
/// </summary>
/// <remarks>The view does not own the memory: the caller keeps it alive and unmoved while the view is used.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public readonly unsafe struct MatrixView<T>
    where T : unmanaged
{
    /// <summary>Creates a view; nothing is read or copied.</summary>
    /// <param name="pointer">The address of element (0, 0); the memory must not move while the view is used.</param>
    /// <param name="rows">The number of rows; not negative.</param>
    /// <param name="columns">The number of columns; not negative.</param>
    /// <param name="rowStride">The distance from one row to the next, in elements.</param>
    /// <param name="columnStride">The distance from one column to the next, in elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of rows or of columns is negative.</exception>
    public MatrixView(T* pointer, int rows, int columns, int rowStride, int columnStride = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        Pointer = pointer;
        (Rows, Columns, RowStride, ColumnStride) = (rows, columns, rowStride, columnStride);
    }

    /// <summary>The address of element (0, 0).</summary>
    public T* Pointer { get; }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <summary>The distance from one row to the next, in elements.</summary>
    public int RowStride { get; }

    /// <summary>The distance from one column to the next, in elements.</summary>
    public int ColumnStride { get; }

    /// <summary>A view of the same memory with rows and columns swapped.</summary>
    public MatrixView<T> Transposed => new(Pointer, Columns, Rows, ColumnStride, RowStride);

    /// <summary>A view of a block of <paramref name="rows"/> × <paramref name="columns"/> elements.</summary>
    internal MatrixView<T> Block(int row, int column, int rows, int columns) =>
        new(Pointer + ((nint)row * RowStride) + ((nint)column * ColumnStride), rows, columns, RowStride, ColumnStride);

    /// <summary>The shape, as error messages show it.</summary>
    public override string ToString() => $"{Rows}×{Columns}";
}
