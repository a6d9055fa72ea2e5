using Functional.Optim.Kernels;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Optim;

/// <summary>
/// The orthogonal factor of a QR decomposition of a square matrix, by panels of its columns: what a panel has in the
/// space of those before it is taken away by matrix products, and MathNet.Numerics decomposes the rest. A panel of
/// which nothing but rounding is left is done again; where that does not help, as with columns of zeros,
/// MathNet.Numerics decomposes the whole matrix.
/// </summary>
internal static class PanelQr
{
    private const int Width = 32, Attempts = 4;

    /// <summary>How far columns of different panels may be from orthogonal.</summary>
    private const double Tolerance = 1e-14;

    /// <summary>The orthogonal factor.</summary>
    /// <param name="columns">The matrix, by columns.</param>
    /// <param name="size">Its rows.</param>
    internal static double[] Orthogonal(double[] columns, int size)
    {
        if (size <= 2 * Width) return Decompose(columns, size, size);
        double[] result = [.. columns];
        double[] shares = new double[Width * size];
        for (int first = 0; first < size; first += Width)
        {
            if (!TryPanel(result.AsSpan(..(Math.Min(first + Width, size) * size)), first, size, shares))
                return Decompose(columns, size, size);
        }

        return result;
    }

    /// <summary>Makes the columns from a first one on orthogonal, and orthogonal to those before them.</summary>
    private static bool TryPanel(Span<double> columns, int first, int size, Span<double> shares)
    {
        Span<double> panel = columns[(first * size)..];
        int width = panel.Length / size;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            // Once leaves the rounding of what was taken away.
            for (int pass = 0; pass < 2 && first > 0; pass++)
            {
                Share(columns, first, size, shares);
                for (int index = 0; index < width * first; index++) shares[index] = -shares[index];
                MatrixProduct.Multiply<double>(
                    shares[..(width * first)], columns[..(first * size)], panel, width, first, size, accumulate: true);
            }

            Decompose(panel.ToArray(), size, width).CopyTo(panel);
            if (first == 0) return true;
            Share(columns, first, size, shares);
            if (BlockReduction.MaxAbs<double>(shares[..(width * first)]) <= Tolerance) return true;
        }

        return false;
    }

    /// <summary>The products of the columns of a panel with those before it.</summary>
    private static void Share(ReadOnlySpan<double> columns, int first, int size, Span<double> shares)
    {
        int width = (columns.Length / size) - first;
        MatrixProduct.Multiply(
            columns[(first * size)..], columns[..(first * size)], shares[..(width * first)], width, size, first,
            transposeB: true);
    }

    private static double[] Decompose(double[] columns, int rows, int width) =>
        Matrix<double>.Build.Dense(rows, width, columns).QR().Q.ToColumnMajorArray();
}
