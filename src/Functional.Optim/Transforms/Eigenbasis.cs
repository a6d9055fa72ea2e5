using System.Numerics;
using Functional.Optim.Kernels;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Optim;

/// <summary>
/// The eigenvectors of a symmetric matrix as the columns of an orthogonal one, by descending eigenvalue, computed in
/// double. Where there are none to compute, of zeros, of numbers that are not finite, or because the solver does not
/// converge, the basis stays as it was.
/// </summary>
internal static class Eigenbasis
{
    /// <summary>Relative to the largest element: what is smaller has a square that is no ordinary number.</summary>
    private const double Negligible = 1e-130;

    /// <summary>Computes the basis of a matrix.</summary>
    /// <param name="symmetric">The matrix, row-major.</param>
    /// <param name="size">Its rows.</param>
    /// <param name="basis">The basis, row-major.</param>
    /// <returns>Whether it was computed.</returns>
    internal static bool Compute<T>(ReadOnlySpan<T> symmetric, int size, Span<T> basis)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Exponent(symmetric) is not { } exponent) return false;
        try
        {
            double[] columns = new double[symmetric.Length];
            for (int index = 0; index < columns.Length; index++) columns[index] = Scaled(symmetric[index], exponent);
            // Eigenvalues ascend.
            Matrix<double> vectors =
                Matrix<double>.Build.Dense(size, size, columns).Evd(Symmetricity.Symmetric).EigenVectors;
            Copy(vectors.ToColumnMajorArray(), size, last: size - 1, basis);
            return true;
        }
        catch (Exception)
        {
            // It did not converge, or there is no memory. The old basis is one too.
            return false;
        }
    }

    /// <summary>
    /// Brings a basis nearer to that of a matrix A by one step of the power iteration: it orders the columns of Q by
    /// descending diag(Qᵀ·A·Q), and then takes Q of the QR decomposition of A·Q.
    /// </summary>
    /// <param name="symmetric">A, row-major.</param>
    /// <param name="size">Its rows.</param>
    /// <param name="basis">Q, row-major.</param>
    /// <param name="scratch">Room to work in, twice as long as A.</param>
    /// <returns>The column of Q that each column of the new basis comes from; <see langword="null"/> where the basis
    /// stays.</returns>
    internal static int[]? Refine<T>(ReadOnlySpan<T> symmetric, int size, Span<T> basis, Span<T> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Exponent(symmetric) is not { } exponent) return null;
        Span<T> scaled = scratch[..symmetric.Length], product = scratch.Slice(symmetric.Length, symmetric.Length);
        for (int index = 0; index < scaled.Length; index++)
            scaled[index] = T.CreateTruncating(Scaled(symmetric[index], exponent));
        MatrixProduct.Multiply(scaled, basis, product, size, size, size);
        try
        {
            int[] order = OrderOf(basis, product, size);
            double[] columns = new double[basis.Length];
            for (int column = 0; column < size; column++)
            {
                for (int row = 0; row < size; row++)
                    columns[(column * size) + row] = Scaled(product[(row * size) + order[column]], 0);
            }

            Copy(PanelQr.Orthogonal(columns, size), size, last: 0, basis);
            return order;
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <summary>The columns of Q by descending diag(Qᵀ·(A·Q)).</summary>
    private static int[] OrderOf<T>(ReadOnlySpan<T> basis, ReadOnlySpan<T> product, int size)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] negated = new double[size];
        int[] order = new int[size];
        for (int index = 0; index < basis.Length; index++)
            negated[index % size] -= double.CreateTruncating(basis[index]) * double.CreateTruncating(product[index]);
        for (int column = 0; column < size; column++) order[column] = column;
        Array.Sort(negated, order);
        return order;
    }

    /// <summary>
    /// The power of two of the largest element, by which all are divided, so that no square leaves the range;
    /// <see langword="null"/> where all are zero or one is not finite.
    /// </summary>
    private static int? Exponent<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double largest = BlockReduction.MaxAbs(values);
        return largest > 0 && double.IsFinite(largest) ? Math.ILogB(largest) : null;
    }

    private static double Scaled<T>(T value, int exponent)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double scaled = Math.ScaleB(double.CreateTruncating(value), -exponent);
        return Math.Abs(scaled) < Negligible ? 0 : scaled;
    }

    /// <summary>The columns of an orthogonal matrix, from the first or from the last one on.</summary>
    private static void Copy<T>(double[] columns, int size, int last, Span<T> basis)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int column = 0; column < size; column++)
        {
            int from = Math.Abs(column - last) * size;
            for (int row = 0; row < size; row++)
                basis[(row * size) + column] = T.CreateTruncating(columns[from + row]);
        }
    }
}
