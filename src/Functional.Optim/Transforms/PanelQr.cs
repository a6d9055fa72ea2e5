using System.Numerics;
using Functional.Optim.Kernels;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Functional.Optim;

/// <summary>
/// The orthogonal factor of a QR decomposition of a square matrix, by panels of its columns: what a panel has in the
/// space of those before it is taken away by matrix products, and MathNet.Numerics makes what is left orthogonal. Each
/// panel is done at least twice, and again while that changes it; where that does not help, as with columns of zeros,
/// MathNet.Numerics decomposes the whole matrix.
/// </summary>
internal static class PanelQr
{
    /// <summary>Columns of a panel: many for the products, few for what is left.</summary>
    private const int Outer = 64, Inner = 8;

    private const int Attempts = 5;

    /// <summary>A change that is this small leaves columns that are orthogonal but for rounding.</summary>
    private const double Small = 1e-3;

    /// <summary>The orthogonal factor.</summary>
    /// <param name="columns">The matrix, by columns.</param>
    /// <param name="size">Its rows.</param>
    /// <param name="result">The columns of the factor.</param>
    /// <param name="scratch">Room to work in, of <see cref="ScratchLength"/>.</param>
    internal static void Orthogonalize<T>(ReadOnlySpan<T> columns, int size, Span<T> result, Span<T> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        columns.CopyTo(result);
        for (int first = 0; first < size; first += Outer)
        {
            if (TryPanel(result[..(Math.Min(first + Outer, size) * size)], first, size, scratch)) continue;
            Matrix<T>.Build.Dense(size, size, columns.ToArray()).QR().Q.ToColumnMajorArray().CopyTo(result);
            return;
        }
    }

    /// <summary>The length of the scratch memory.</summary>
    internal static long ScratchLength(int size) => (long)Outer * size;

    /// <summary>Makes the columns from a first one on orthogonal, and orthogonal to those before them.</summary>
    private static bool TryPanel<T>(Span<T> columns, int first, int size, Span<T> shares)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int end = columns.Length / size;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            double change = TakeAway(columns, 0, first, size, shares);
            for (int inner = first; inner < end; inner += Inner)
            {
                Span<T> before = columns[..(Math.Min(inner + Inner, end) * size)];
                change = Math.Max(change, TakeAway(before, first, inner, size, shares));
                if (TryDecompose(before[(inner * size)..], size) is not { } own) return false;
                change = Math.Max(change, own);
            }

            if (attempt > 0 && change <= Small) return true;
        }

        return false;
    }

    /// <summary>
    /// Takes from the columns of an index and those after it what they have in the space of earlier ones, and returns
    /// the largest share.
    /// </summary>
    private static double TakeAway<T>(Span<T> columns, int from, int first, int size, Span<T> shares)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int count = first - from, width = (columns.Length / size) - first;
        if (count == 0) return 0;
        ReadOnlySpan<T> before = columns[(from * size)..(first * size)];
        Span<T> panel = columns[(first * size)..], share = shares[..(width * count)];
        MatrixProduct.Multiply(panel, before, share, width, size, count, transposeB: true);
        for (int index = 0; index < share.Length; index++) share[index] = -share[index];
        MatrixProduct.Multiply(share, before, panel, width, count, size, accumulate: true);
        return BlockReduction.MaxAbs<T>(share);
    }

    /// <summary>
    /// Makes a few columns orthogonal; returns how much that changed them, or <see langword="null"/> where it cannot.
    /// </summary>
    private static double? TryDecompose<T>(Span<T> panel, int size)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = panel.Length / size;
        double change = 0;
        try
        {
            GramSchmidt<T> made = Matrix<T>.Build.Dense(size, width, panel.ToArray()).GramSchmidt();
            made.Q.ToColumnMajorArray().CopyTo(panel);
            for (int column = 0; column < width; column++)
            {
                for (int row = 0; row <= column; row++)
                {
                    double share = double.CreateTruncating(made.R[row, column]);
                    change = Math.Max(change, Math.Abs(row == column ? share - 1 : share));
                }
            }

            return change;
        }
        catch (ArgumentException)
        {
            // The columns depend on each other.
            return null;
        }
    }
}
