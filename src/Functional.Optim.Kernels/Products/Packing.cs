using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Copies a few columns of B into a panel, row after row without gaps, so that the inner loop reads aligned lanes from the first
/// cache level. Each thread has one panel, used again and again.
/// </summary>
internal static unsafe class Packing<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The most rows of a panel: with two lanes of 512 bits it takes 32 KiB.</summary>
    internal const int MostRows = 256;

    [ThreadStatic]
    private static AlignedBuffer<T>? memory;

    /// <summary>Packs a block of B into a panel that is <paramref name="width"/> columns wide, padded with zeros.</summary>
    internal static MatrixView<T> Pack(in MatrixView<T> block, int width)
    {
        if (memory is null || memory.Length < MostRows * width) memory = new(MostRows * width);
        MatrixView<T> panel = new(memory.Pointer, block.Rows, width, width);
        if (block.Columns < width) new Span<T>(panel.Pointer, block.Rows * width).Clear();
        if (block.ColumnStride == 1) CopyRows(block, panel);
        else CopyColumns(block, panel);
        return panel;
    }

    private static void CopyRows(in MatrixView<T> block, in MatrixView<T> panel)
    {
        for (int row = 0; row < block.Rows; row++)
            new ReadOnlySpan<T>(block.Pointer + ((nint)row * block.RowStride), block.Columns)
                .CopyTo(new Span<T>(panel.Pointer + ((nint)row * panel.RowStride), block.Columns));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyColumns(in MatrixView<T> block, in MatrixView<T> panel)
    {
        nint down = block.RowStride, across = block.ColumnStride, stride = panel.RowStride;
        int column = 0;
        for (; column <= block.Columns - 4; column += 4)
        {
            T* source = block.Pointer + (column * across), destination = panel.Pointer + column;
            for (int row = block.Rows; row > 0; row--, source += down, destination += stride)
            {
                destination[0] = source[0];
                destination[1] = source[across];
                destination[2] = source[2 * across];
                destination[3] = source[3 * across];
            }
        }

        for (; column < block.Columns; column++)
        {
            T* source = block.Pointer + (column * across), destination = panel.Pointer + column;
            for (int row = block.Rows; row > 0; row--, source += down, destination += stride) *destination = *source;
        }
    }
}
