using System.Numerics;
using System.Numerics.Tensors;
using Functional.Optim.Kernels;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Optim;

/// <summary>
/// The eigenvectors of a symmetric matrix as the columns of an orthogonal one, by descending eigenvalue. Where there are none to compute, of zeros, of numbers that are not finite, or because the solver does not
/// converge, the basis stays as it was.
/// </summary>
internal static class Eigenbasis
{
    /// <summary>Computes the basis of a matrix, in double.</summary>
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
            double[] ascending = vectors.ToColumnMajorArray();
            for (int column = 0; column < size; column++)
            {
                int from = (size - 1 - column) * size;
                for (int row = 0; row < size; row++)
                    basis[(row * size) + column] = T.CreateTruncating(ascending[from + row]);
            }

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
    /// <param name="scratch">Room to work in, of <see cref="ScratchLength"/>.</param>
    /// <returns>The column of Q that each column of the new basis comes from; <see langword="null"/> where the basis
    /// stays.</returns>
    internal static int[]? Refine<T>(ReadOnlySpan<T> symmetric, int size, Span<T> basis, Span<T> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Exponent(symmetric) is not { } exponent) return null;
        int length = symmetric.Length;
        Span<T> product = scratch[..length], columns = scratch.Slice(length, length);
        Span<T> spare = scratch.Slice(2 * length, length);
        // One factor alone may be outside of the range.
        TensorPrimitives.Multiply(symmetric, T.ScaleB(T.One, -exponent / 2), columns);
        TensorPrimitives.Multiply(columns, T.ScaleB(T.One, (exponent / 2) - exponent), columns);
        // A is symmetric: the rows of Qᵀ·A are the columns of A·Q.
        Transpose(basis, size, spare);
        MatrixProduct.Multiply(spare, columns, product, size, size, size);
        try
        {
            int[] order = OrderOf(spare, product, size);
            Reorder(product, order, columns);
            PanelQr.Orthogonalize(columns, size, result: spare, scratch[(3 * length)..]);
            Transpose(spare, size, basis);
            return order;
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <summary>The length of the scratch memory of <see cref="Refine"/>.</summary>
    internal static long ScratchLength(int size) => (3L * size * size) + PanelQr.ScratchLength(size);

    /// <summary>The columns in an order, without what is negligible.</summary>
    private static void Reorder<T>(ReadOnlySpan<T> columns, int[] order, Span<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int size = order.Length;
        T negligible = T.CreateTruncating(Negligible<T>());
        for (int index = 0; index < target.Length; index++)
        {
            int column = index / size, row = index - (column * size);
            T value = columns[(order[column] * size) + row];
            target[index] = T.Abs(value) < negligible ? T.Zero : value;
        }
    }

    /// <summary>The columns of Q by descending diag(Qᵀ·(A·Q)), of the columns of both.</summary>
    private static int[] OrderOf<T>(ReadOnlySpan<T> basis, ReadOnlySpan<T> product, int size)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] negated = new double[size];
        int[] order = new int[size];
        for (int column = 0; column < size; column++)
        {
            order[column] = column;
            negated[column] = -BlockReduction.Dot(
                basis.Slice(column * size, size), product.Slice(column * size, size));
        }

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
        return Math.Abs(scaled) < Negligible<double>() ? 0 : scaled;
    }

    /// <summary>Relative to the largest element: what is smaller has a square that is no ordinary number.</summary>
    private static double Negligible<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => typeof(T) == typeof(float) ? 1e-16 : 1e-130;

    /// <summary>The transposed matrix, in squares that stay in the cache.</summary>
    private static void Transpose<T>(ReadOnlySpan<T> matrix, int size, Span<T> target)
    {
        const int side = 16;
        for (int top = 0; top < size; top += side)
        {
            for (int left = 0; left < size; left += side)
            {
                for (int row = top; row < Math.Min(top + side, size); row++)
                {
                    for (int column = left; column < Math.Min(left + side, size); column++)
                        target[(column * size) + row] = matrix[(row * size) + column];
                }
            }
        }
    }
}
