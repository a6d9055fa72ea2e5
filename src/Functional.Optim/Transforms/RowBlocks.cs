namespace Functional.Optim;

/// <summary>
/// The matrices of a leaf of rank 2 or more, its last two dimensions, and the blocks of rows that the threads take. The
/// blocks depend on the shape only, so that sums over them have the same bits for any number of threads.
/// </summary>
/// <param name="Count">How many matrices lie one after the other.</param>
/// <param name="Rows">The rows of each.</param>
/// <param name="Columns">The columns of each.</param>
internal readonly record struct RowBlocks(int Count, int Rows, int Columns)
{
    private const int BlockLength = 1 << 15, MaxBlocks = 32;

    /// <summary>The blocks of a matrix.</summary>
    private int PerMatrix => (int)Math.Clamp(((long)Rows * Columns / BlockLength) + 1, 1, Math.Min(MaxBlocks, Rows));

    /// <summary>The blocks of all matrices.</summary>
    internal int Total => Count * PerMatrix;

    /// <summary>
    /// The numbers that the work on the matrices needs room for: sums of columns per block, roots of columns, and
    /// means.
    /// </summary>
    internal int ScratchLength => checked((Total * Columns) + (Count * Columns) + Count);

    /// <summary>Of a leaf that is not empty.</summary>
    internal static RowBlocks Of(Leaf leaf) =>
        new(leaf.Length / leaf.Shape[^1] / leaf.Shape[^2], leaf.Shape[^2], leaf.Shape[^1]);

    /// <summary>The matrix of a block, and its rows among those of all matrices.</summary>
    internal (int Matrix, int Start, int End) this[int block]
    {
        get
        {
            (int matrix, int part) = Math.DivRem(block, PerMatrix);
            long start = (long)Rows * part / PerMatrix, end = (long)Rows * (part + 1) / PerMatrix;
            return (matrix, (matrix * Rows) + (int)start, (matrix * Rows) + (int)end);
        }
    }

    /// <summary>The blocks of a matrix.</summary>
    internal (int Start, int End) BlocksOf(int matrix) => (matrix * PerMatrix, (matrix + 1) * PerMatrix);
}
