using System.Numerics;

namespace Functional.Optim.Kernels;

/// <summary>
/// Products along one dimension of a tensor: for each index before the dimension, a matrix whose rows are the dimension
/// and whose columns are all dimensions after it.
/// </summary>
/// <remarks>Large products run on several threads; the bits do not depend on how many. Nothing is allocated.</remarks>
internal static class SideProduct
{
    /// <summary>Multiplies each matrix X of a tensor from the left: Qᵀ·X, or Q·X.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="square">Q, row-major.</param>
    /// <param name="size">The size of the dimension, which is that of Q.</param>
    /// <param name="after">The product of the sizes of the dimensions after it.</param>
    /// <param name="transpose">Whether Q is transposed.</param>
    /// <param name="result">The products, in the places of the matrices; it must overlap neither.</param>
    internal static void Multiply<T>(
        ReadOnlySpan<T> tensor, ReadOnlySpan<T> square, int size, int after, bool transpose, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (after == 1)
        {
            // Every matrix is a column: together they are the rows of one.
            MatrixProduct.Multiply(
                tensor, square, result, tensor.Length / size, size, size, transposeB: !transpose);
            return;
        }

        int length = size * after;
        for (int start = 0; start < tensor.Length; start += length)
            MatrixProduct.Multiply(
                square, tensor.Slice(start, length), result.Slice(start, length), size, size, after, transpose);
    }

    /// <summary>The sum of the products X·Xᵀ of the matrices of a tensor.</summary>
    /// <inheritdoc cref="Multiply"/>
    /// <param name="gram">The sum, size × size.</param>
    internal static unsafe void Gram<T>(ReadOnlySpan<T> tensor, int size, int after, Span<T> gram)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        fixed (T* start = tensor, result = gram)
        {
            MatrixView<T> sum = new(result, size, size, size);
            if (after == 1)
            {
                MatrixView<T> rows = new(start, tensor.Length / size, size, size);
                MatrixProduct.MultiplySymmetric(rows.Transposed, rows, sum);
                return;
            }

            int length = size * after;
            for (int first = 0; first < tensor.Length; first += length)
            {
                MatrixView<T> matrix = new(start + first, size, after, after);
                MatrixProduct.MultiplySymmetric(matrix, matrix.Transposed, sum, accumulate: first > 0);
            }
        }
    }
}
