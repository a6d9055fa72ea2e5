using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Matrices;

/// <summary>A row-major matrix of doubles with the operations that the tests need; simple and slow.</summary>
internal sealed record DenseMatrix(int Rows, int Columns, double[] Values)
{
    internal double this[int row, int column] => Values[(row * Columns) + column];

    internal DenseMatrix Transposed => Of(Columns, Rows, (row, column) => this[column, row]);

    internal double Norm => Math.Sqrt(Values.Sum(value => value * value));

    internal static DenseMatrix Of(int rows, int columns, Func<int, int, double> element) =>
        new(
            rows,
            columns,
            [.. Enumerable.Range(0, rows * columns).Select(index => element(index / columns, index % columns))]);

    /// <summary>A matrix of normally distributed elements.</summary>
    internal static DenseMatrix Random(int rows, int columns, ulong seed)
    {
        Philox random = new(seed);
        return Of(rows, columns, (row, column) => random.Normal((ulong)((row * columns) + column)));
    }

    /// <summary>
    /// A square matrix with orthonormal columns, by the Gram–Schmidt process, applied twice for precision.
    /// </summary>
    internal static DenseMatrix Orthogonal(int size, ulong seed)
    {
        double[][] columns = [.. Random(size, size, seed).Values.Chunk(size)];
        for (int column = 0; column < size; column++)
        {
            for (int pass = 0; pass < 2; pass++)
            {
                foreach (double[] before in columns.Take(column))
                {
                    double share = before.Zip(columns[column], (left, right) => left * right).Sum();
                    for (int index = 0; index < size; index++) columns[column][index] -= share * before[index];
                }
            }

            double norm = Math.Sqrt(columns[column].Sum(value => value * value));
            for (int index = 0; index < size; index++) columns[column][index] /= norm;
        }

        return Of(size, size, (row, column) => columns[column][row]);
    }

    public static DenseMatrix operator *(DenseMatrix left, DenseMatrix right) => Of(
        left.Rows,
        right.Columns,
        (row, column) => Enumerable.Range(0, left.Columns).Sum(index => left[row, index] * right[index, column]));

    public static DenseMatrix operator *(double factor, DenseMatrix matrix) =>
        matrix with { Values = [.. matrix.Values.Select(value => factor * value)] };

    /// <summary>
    /// The singular values, descending, by rotating pairs of columns until all are orthogonal (Jacobi).
    /// </summary>
    internal double[] SingularValues()
    {
        if (Columns > Rows) return Transposed.SingularValues();
        double[][] columns = [.. Transposed.Values.Chunk(Rows)];
        for (int sweep = 0; sweep < 40; sweep++)
        {
            for (int left = 0; left < Columns; left++)
            {
                for (int right = left + 1; right < Columns; right++) Turn(columns[left], columns[right]);
            }
        }

        return [.. columns.Select(column => Math.Sqrt(column.Sum(value => value * value))).OrderDescending()];
    }

    private static void Turn(double[] left, double[] right)
    {
        double a = left.Sum(value => value * value), b = right.Sum(value => value * value);
        double product = left.Zip(right, (x, y) => x * y).Sum();
        if (product == 0) return;
        double ratio = (b - a) / (2 * product);
        double tangent = (ratio < 0 ? -1 : 1) / (Math.Abs(ratio) + Math.Sqrt(1 + (ratio * ratio)));
        double cosine = 1 / Math.Sqrt(1 + (tangent * tangent)), sine = cosine * tangent;
        for (int index = 0; index < left.Length; index++)
            (left[index], right[index]) = (
                (cosine * left[index]) - (sine * right[index]), (sine * left[index]) + (cosine * right[index]));
    }
}
