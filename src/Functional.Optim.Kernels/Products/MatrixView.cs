namespace Functional.Optim.Kernels;

/// <summary>
/// A matrix in memory that somebody else owns: element (i, j) lies at Pointer[i·RowStride + j·ColumnStride]. Any strides will do,
/// so a transpose or a block of a larger matrix is a view too.
/// </summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly unsafe struct MatrixView<T>
    where T : unmanaged
{
    /// <summary>Describes a matrix; nothing is read or copied.</summary>
    /// <param name="pointer">Element (0, 0); it must not move while the view is used.</param>
    /// <param name="rows">The number of rows; not negative.</param>
    /// <param name="columns">The number of columns; not negative.</param>
    /// <param name="rowStride">How many elements the next row is away.</param>
    /// <param name="columnStride">How many elements the next column is away.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number of rows or columns is negative.</exception>
    public MatrixView(T* pointer, int rows, int columns, int rowStride, int columnStride = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        Pointer = pointer;
        (Rows, Columns, RowStride, ColumnStride) = (rows, columns, rowStride, columnStride);
    }

    /// <summary>Element (0, 0).</summary>
    public T* Pointer { get; }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <summary>How many elements the next row is away.</summary>
    public int RowStride { get; }

    /// <summary>How many elements the next column is away.</summary>
    public int ColumnStride { get; }

    /// <summary>The same memory with rows and columns swapped.</summary>
    public MatrixView<T> Transposed => new(Pointer, Columns, Rows, ColumnStride, RowStride);

    /// <summary>The part of <paramref name="rows"/> × <paramref name="columns"/> elements that starts at an element.</summary>
    internal MatrixView<T> Block(int row, int column, int rows, int columns) =>
        new(Pointer + ((nint)row * RowStride) + ((nint)column * ColumnStride), rows, columns, RowStride, ColumnStride);

    /// <summary>The shape, as errors show it.</summary>
    public override string ToString() => $"{Rows}×{Columns}";
}
