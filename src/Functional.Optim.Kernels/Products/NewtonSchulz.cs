using System.Numerics;
using System.Runtime.CompilerServices;

namespace Functional.Optim.Kernels;

/// <summary>
/// The Newton–Schulz iteration X' = (a·I + b·A + c·A²)·X with A = X·Xᵀ, computed on the smaller side of X. It changes
/// the singular values of X and keeps its singular vectors. With suitable polynomials all singular values come close to
/// 1.
/// </summary>
/// <remarks>The bits depend neither on the number of threads nor on the vector width. Nothing is allocated.</remarks>
public static unsafe class NewtonSchulz
{
    /// <summary>
    /// The scratch memory that <see cref="Run"/> needs, in elements: a second X, A and the factor of X.
    /// </summary>
    /// <param name="rows">The rows of X; not negative.</param>
    /// <param name="columns">The columns of X; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public static long ScratchLength(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        long side = Math.Min(rows, columns);
        return ((long)rows * columns) + (2 * side * side);
    }

    /// <summary>Runs the iteration on a matrix in place.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="matrix">
    /// X, row-major. Its singular values must lie where the polynomials converge, for most polynomials at most 1.
    /// </param>
    /// <param name="rows">The rows of X; not negative.</param>
    /// <param name="columns">The columns of X; not negative.</param>
    /// <param name="polynomials">One for each step; the last one repeats when there are more steps.</param>
    /// <param name="steps">The number of steps; not negative.</param>
    /// <param name="scratch">
    /// Scratch memory of at least <see cref="ScratchLength"/> elements that does not overlap X; its contents are
    /// arbitrary.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A size or the number of steps is negative.</exception>
    /// <exception cref="ArgumentException">
    /// The length of X is not the product of its sizes, there is no polynomial, or the scratch memory is too short or
    /// overlaps X.
    /// </exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public static void Run<T>(
        Span<T> matrix, int rows, int columns, ReadOnlySpan<Quintic> polynomials, int steps, Span<T> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ElementType.Require<T>();
        long needed = ScratchLength(rows, columns);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        if (matrix.Length != (long)rows * columns)
        {
            throw new ArgumentException(
                $"matrix has length {matrix.Length}; {rows}×{columns} elements are {(long)rows * columns}.",
                nameof(matrix));
        }

        if (polynomials.IsEmpty)
            throw new ArgumentException("There are no polynomials; allowed are one or more.", nameof(polynomials));
        if (scratch.Length < needed)
        {
            throw new ArgumentException(
                $"scratch has length {scratch.Length}; for {rows}×{columns} it has {needed} or more.", nameof(scratch));
        }

        if (scratch.Overlaps(matrix))
            throw new ArgumentException("scratch overlaps matrix; it must not.", nameof(scratch));
        if (matrix.IsEmpty) return;
        int side = Math.Min(rows, columns), square = side * side;
        fixed (T* start = matrix, memory = scratch)
        {
            MatrixView<T> current = new(start, rows, columns, columns), next = new(memory, rows, columns, columns);
            MatrixView<T> gram = new(memory + matrix.Length, side, side, side);
            MatrixView<T> factor = new(gram.Pointer + square, side, side, side);
            for (int step = 0; step < steps; step++)
            {
                Quintic polynomial = polynomials[Math.Min(step, polynomials.Length - 1)];
                bool isTall = rows > columns;
                if (isTall) MatrixProduct.MultiplySymmetric(current.Transposed, current, gram);
                else MatrixProduct.MultiplySymmetric(current, current.Transposed, gram);
                MatrixProduct.MultiplySymmetric(gram, gram, factor);
                LaneLoop.Elements<T, Sum<T>>(square, new(gram.Pointer, factor.Pointer, polynomial));
                T a = T.CreateTruncating(polynomial.A);
                for (int index = 0; index < square; index += side + 1) factor.Pointer[index] += a;
                if (isTall) MatrixProduct.Multiply(current, factor, next);
                else MatrixProduct.Multiply(factor, current, next);
                (current, next) = (next, current);
            }

            if (current.Pointer != start) new ReadOnlySpan<T>(current.Pointer, matrix.Length).CopyTo(matrix);
        }
    }

    /// <summary>b·A + c·A², which overwrites A².</summary>
    private readonly struct Sum<T>(T* gram, T* squares, Quintic polynomial) : IElementBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T* gram = gram;
        private readonly T* squares = squares;
        private readonly T b = T.CreateTruncating(polynomial.B);
        private readonly T c = T.CreateTruncating(polynomial.C);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(long index)
            where TLane : struct, ILane<TLane, T>
        {
            TLane linear = TLane.Broadcast(b) * TLane.Load(gram + index);
            TLane sum = TLane.FusedMultiplyAdd(TLane.Broadcast(c), TLane.Load(squares + index), linear);
            TLane.Store(sum, squares + index);
        }
    }
}
