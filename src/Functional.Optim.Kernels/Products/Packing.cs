using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// Copies a few columns of B into a panel, row after row without gaps, so that the inner loop reads aligned lanes from
/// the first-level cache. Each thread reuses one panel.
/// </summary>
internal static unsafe class Packing<T, TLane>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TLane : struct, ILane<TLane, T>
{
    /// <summary>
    /// The maximum number of rows of a panel. With lanes of 512 bits the panel then has 16 KiB, half of a small
    /// first-level cache.
    /// </summary>
    internal const int MaxRows = 128;

    [ThreadStatic]
    private static AlignedBuffer<T>? memory;

    private static int Width => MicroKernel<T, TLane>.Columns;

    /// <summary>Packs up to two lanes of columns of B; zeros pad missing columns.</summary>
    internal static MatrixView<T> Pack(in MatrixView<T> block)
    {
        memory ??= new(MaxRows * Width);
        MatrixView<T> panel = new(memory.Pointer, block.Rows, Width, Width);
        if (block.Columns < Width) new Span<T>(panel.Pointer, block.Rows * Width).Clear();
        if (block.ColumnStride == 1 && block.Columns == Width) CopyRows(block, panel);
        else CopyColumns(block, panel);
        return panel;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyRows(in MatrixView<T> block, in MatrixView<T> panel)
    {
        T* source = block.Pointer, destination = panel.Pointer;
        nint sourceStride = block.RowStride, destinationStride = panel.RowStride;
        for (int row = block.Rows; row > 0; row--, source += sourceStride, destination += destinationStride)
        {
            TLane left = TLane.Load(source), right = TLane.Load(source + TLane.Width);
            TLane.Store(left, destination);
            TLane.Store(right, destination + TLane.Width);
        }
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
