using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// The inner loop of a matrix product. A tile of up to 6 rows and 2 lanes of C stays in registers while k runs: 12
/// sums, two lanes of B and one element of A fill the 16 registers of AVX2. A is read in place; B is a packed panel
/// with rows of 2 lanes.
/// </summary>
internal static unsafe class MicroKernel<T, TLane>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TLane : struct, ILane<TLane, T>
{
    internal const int Rows = 6;

    internal static int Columns => 2 * TLane.Width;

    /// <summary>
    /// C = A·B, or C += A·B, over a tile of 1 to <see cref="Rows"/> rows and <see cref="Columns"/> columns.
    /// </summary>
    internal static void Run(in MatrixView<T> a, in MatrixView<T> b, in MatrixView<T> c, bool accumulate)
    {
        switch (c.Rows)
        {
            case 1: Tile<OneRow>(a, b, c, accumulate); break;
            case 2: Tile<TwoRows>(a, b, c, accumulate); break;
            case 3: Tile<ThreeRows>(a, b, c, accumulate); break;
            case 4: Tile<FourRows>(a, b, c, accumulate); break;
            case 5: Tile<FiveRows>(a, b, c, accumulate); break;
            default: Tile<SixRows>(a, b, c, accumulate); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Tile<TRows>(in MatrixView<T> a, in MatrixView<T> b, in MatrixView<T> c, bool accumulate)
        where TRows : struct, IRowCount
    {
        T* element = a.Pointer, row = b.Pointer, sums = c.Pointer;
        nint nextElement = a.ColumnStride, nextRow = b.RowStride, stride = c.RowStride;
        nint row1 = a.RowStride, row2 = 2 * row1, row3 = 3 * row1, row4 = 4 * row1, row5 = 5 * row1;

        // One variable for each sum: the JIT does not keep an array in registers.
        TLane left0 = default, left1 = default, left2 = default;
        TLane left3 = default, left4 = default, left5 = default;
        TLane right0 = default, right1 = default, right2 = default;
        TLane right3 = default, right4 = default, right5 = default;
        if (accumulate)
        {
            Load(sums, out left0, out right0);
            if (TRows.Value > 1) Load(sums + stride, out left1, out right1);
            if (TRows.Value > 2) Load(sums + (2 * stride), out left2, out right2);
            if (TRows.Value > 3) Load(sums + (3 * stride), out left3, out right3);
            if (TRows.Value > 4) Load(sums + (4 * stride), out left4, out right4);
            if (TRows.Value > 5) Load(sums + (5 * stride), out left5, out right5);
        }

        for (int k = a.Columns; k > 0; k--, element += nextElement, row += nextRow)
        {
            TLane left = TLane.Load(row), right = TLane.Load(row + TLane.Width);
            Add(element[0], left, right, ref left0, ref right0);
            if (TRows.Value > 1) Add(element[row1], left, right, ref left1, ref right1);
            if (TRows.Value > 2) Add(element[row2], left, right, ref left2, ref right2);
            if (TRows.Value > 3) Add(element[row3], left, right, ref left3, ref right3);
            if (TRows.Value > 4) Add(element[row4], left, right, ref left4, ref right4);
            if (TRows.Value > 5) Add(element[row5], left, right, ref left5, ref right5);
        }

        Store(left0, right0, sums);
        if (TRows.Value > 1) Store(left1, right1, sums + stride);
        if (TRows.Value > 2) Store(left2, right2, sums + (2 * stride));
        if (TRows.Value > 3) Store(left3, right3, sums + (3 * stride));
        if (TRows.Value > 4) Store(left4, right4, sums + (4 * stride));
        if (TRows.Value > 5) Store(left5, right5, sums + (5 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load(T* source, out TLane left, out TLane right)
    {
        left = TLane.Load(source);
        right = TLane.Load(source + TLane.Width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(T element, TLane left, TLane right, ref TLane leftSum, ref TLane rightSum)
    {
        TLane factor = TLane.Broadcast(element);
        leftSum = TLane.FusedMultiplyAdd(factor, left, leftSum);
        rightSum = TLane.FusedMultiplyAdd(factor, right, rightSum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TLane left, TLane right, T* destination)
    {
        TLane.Store(left, destination);
        TLane.Store(right, destination + TLane.Width);
    }
}
