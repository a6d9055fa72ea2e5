using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>
/// Sums of columns in double, row after row, so that their bits depend on nothing but the elements.
/// </summary>
internal static unsafe class ColumnSums
{
    /// <summary>Rows that are added while a sum stays in a register.</summary>
    private const int Rows = 4;

    /// <summary>Adds rows to the sums of their columns.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">The elements of a row.</param>
    /// <param name="areSquared">Whether each element is squared; the square is not rounded.</param>
    /// <param name="sums">The sums so far, one for each column.</param>
    internal static void Add<T>(T* first, int rows, int columns, bool areSquared, double* sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int row = 0;
        for (; row <= rows - Rows; row += Rows) AddRows(first + ((long)row * columns), Rows, columns, areSquared, sums);
        if (row < rows) AddRows(first + ((long)row * columns), rows - row, columns, areSquared, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows<T>(T* first, int rows, int columns, bool areSquared, double* sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int column = 0;
        for (; column <= columns - (2 * Vector512<double>.Count); column += 2 * Vector512<double>.Count)
        {
            Vector512<double> lower = Vector512.Load(sums + column);
            Vector512<double> upper = Vector512.Load(sums + column + Vector512<double>.Count);
            T* at = first + column;
            for (int row = 0; row < rows; row++, at += columns)
            {
                (Vector512<double> left, Vector512<double> right) = Wide(at);
                lower = areSquared ? Vector512.FusedMultiplyAdd(left, left, lower) : lower + left;
                upper = areSquared ? Vector512.FusedMultiplyAdd(right, right, upper) : upper + right;
            }

            lower.Store(sums + column);
            upper.Store(sums + column + Vector512<double>.Count);
        }

        for (; column < columns; column++)
        {
            T* at = first + column;
            for (int row = 0; row < rows; row++, at += columns)
            {
                double value = double.CreateTruncating(*at);
                sums[column] = areSquared ? Math.FusedMultiplyAdd(value, value, sums[column]) : sums[column] + value;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<double> Lower, Vector512<double> Upper) Wide<T>(T* at)
        where T : unmanaged => typeof(T) == typeof(float)
        ? Vector512.Widen(Vector512.Load((float*)at))
        : (Vector512.Load((double*)at), Vector512.Load((double*)at + Vector512<double>.Count));
}
