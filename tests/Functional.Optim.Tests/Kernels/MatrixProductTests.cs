using System.Numerics;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Xunit;
using Functional.Optim.Kernels;
using Functional.Optim.Laws;

namespace Functional.Optim.Tests.Kernels;

[Collection(ThreadLimit.Name)]
public unsafe class MatrixProductTests
{
    [Property(MaxTest = 100)]
    public void Views_give_the_bits_of_the_chain_at_every_width_in_float(
        NonNegativeInt shape, bool accumulate, int seed) =>
        CheckViews<float>(shape.Get, accumulate, seed);

    [Property(MaxTest = 100)]
    public void Views_give_the_bits_of_the_chain_at_every_width_in_double(
        NonNegativeInt shape, bool accumulate, int seed) =>
        CheckViews<double>(shape.Get, accumulate, seed);

    [Theory]
    [InlineData(0, 3, 2)]
    [InlineData(3, 0, 2)]
    [InlineData(3, 2, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 300, 65)]
    [InlineData(7, 129, 100)]
    [InlineData(391, 129, 33)]
    [InlineData(67, 257, 131)]
    public void Spans_give_the_bits_of_the_chain_for_every_transposition_on_any_number_of_threads(
        int rows, int inner, int columns)
    {
        CheckSpans<float>(rows, inner, columns);
        CheckSpans<double>(rows, inner, columns);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(7, 130)]
    [InlineData(65, 20)]
    [InlineData(391, 129)]
    public void A_symmetric_product_has_the_bits_of_the_whole_one(int size, int inner)
    {
        CheckSymmetric<float>(size, inner);
        CheckSymmetric<double>(size, inner);
    }

    [Fact]
    public void A_product_allocates_nothing_once_its_thread_is_warm()
    {
        float[] a = new float[50 * 150], b = new float[150 * 33], c = new float[50 * 33];
        Assert.Equal(0, SteadyAllocation.Of(_ => MatrixProduct.Multiply<float>(a, b, c, 50, 150, 33), warm: 1));
    }

    [Fact]
    public void Wrong_arguments_are_rejected_by_name()
    {
        float[] data = new float[6];
        Assert.Contains(
            "a has length 6; 2×2", Refusal(() => MatrixProduct.Multiply<float>(data, data, new float[4], 2, 2, 2)));
        Assert.Contains(
            "b has length 6; 3×3", Refusal(() => MatrixProduct.Multiply<float>(data, data, new float[6], 2, 3, 3)));
        Assert.Contains(
            "c has length 5; 2×2", Refusal(() => MatrixProduct.Multiply<float>(data, data, new float[5], 2, 3, 2)));
        Assert.Contains(
            "c overlaps", Refusal(() => MatrixProduct.Multiply<float>(data, data, data.AsSpan(2, 4), 2, 3, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => MatrixProduct.Multiply<float>(data, data, data, -2, -3, -3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MatrixView<float>(null, -1, 2, 2));
        fixed (float* pointer = data)
        {
            MatrixView<float> wide = new(pointer, 2, 3, 3), square = new(pointer, 2, 2, 2);
            Assert.Contains("a is 2×3 and b is 2×3", Refusal(() => MatrixProduct.Multiply(wide, wide, square)));
            Assert.Contains(
                "c is 2×3; the product of 2×3 and 3×2",
                Refusal(() => MatrixProduct.Multiply(wide, wide.Transposed, wide)));
            Assert.Contains(
                "column stride of 2", Refusal(() => MatrixProduct.Multiply(wide, wide.Transposed, square.Transposed)));
        }

        static string Refusal(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
    }

    private static void CheckSymmetric<T>(int size, int inner)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] a = Draw<T>(new Philox(1), 0, size * inner), expected = new T[size * size];
        foreach (bool accumulate in (bool[])[false, true])
        {
            MatrixProduct.Multiply<T>(a, a, expected, size, inner, size, transposeB: true, accumulate: accumulate);
            foreach (int threads in (int[])[1, 2, 7])
            {
                T[] actual = new T[size * size];
                ThreadLimit.With(threads, () =>
                {
                    fixed (T* from = a, to = actual)
                    {
                        MatrixView<T> view = new(from, size, inner, inner), result = new(to, size, size, size);
                        MatrixProduct.MultiplySymmetric(view, view.Transposed, result);
                        if (accumulate) MatrixProduct.MultiplySymmetric(view, view.Transposed, result, accumulate);
                    }

                    return true;
                });
                Assert.Equal(expected, actual);
            }
        }
    }

    /// <summary>
    /// Blocks of larger matrices with sizes around those of the tiles; the
    /// memory around the block of C must not change.
    /// </summary>
    private static void CheckViews<T>(int shape, bool accumulate, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Random random = new(unchecked((31 * seed) + shape));
        int rows = random.Next(20), inner = random.Next(random.Next(2) == 0 ? 10 : 300), columns = random.Next(80);
        int padding = random.Next(3);
        Philox bits = new((ulong)seed);
        T[] a = Draw<T>(bits, 0, (rows + padding) * (inner + padding));
        T[] b = Draw<T>(bits, 1, (inner + padding) * (columns + padding));
        T[] start = Draw<T>(bits, 2, (rows + 1) * (columns + padding));
        fixed (T* pointerA = a, pointerB = b)
        {
            MatrixView<T> viewA = random.Next(2) == 0
                ? new(pointerA, rows, inner, inner + padding)
                : new MatrixView<T>(pointerA, inner, rows, rows + padding).Transposed;
            MatrixView<T> viewB = random.Next(2) == 0
                ? new(pointerB, inner, columns, columns + padding)
                : new MatrixView<T>(pointerB, columns, inner, inner + padding).Transposed;
            T[] expected = [.. start];
            fixed (T* pointerC = expected) Chain(
                viewA, viewB, new(pointerC, rows, columns, columns + padding), accumulate);
            foreach (LaneWidth width in Enum.GetValues<LaneWidth>())
            {
                T[] actual = [.. start];
                fixed (T* pointerC = actual)
                    MatrixProduct.Multiply(
                        viewA, viewB, new(pointerC, rows, columns, columns + padding), accumulate, width);
                AssertSameBits<T>(expected, actual);
            }
        }
    }

    private static void CheckSpans<T>(int rows, int inner, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Philox bits = new((ulong)((((rows * 1000) + inner) * 1000) + columns));
        T[] a = Draw<T>(bits, 0, rows * inner);
        T[] b = Draw<T>(bits, 1, inner * columns);
        T[] start = Draw<T>(bits, 2, rows * columns);
        foreach (int choice in Enumerable.Range(0, 8))
        {
            bool transposeA = (choice & 1) != 0, transposeB = (choice & 2) != 0, accumulate = (choice & 4) != 0;
            T[] expected = [.. start];
            fixed (T* pointerA = a, pointerB = b, pointerC = expected)
            {
                MatrixView<T> viewA = transposeA
                    ? new MatrixView<T>(pointerA, inner, rows, rows).Transposed
                    : new(pointerA, rows, inner, inner);
                MatrixView<T> viewB = transposeB
                    ? new MatrixView<T>(pointerB, columns, inner, inner).Transposed
                    : new(pointerB, inner, columns, columns);
                Chain(viewA, viewB, new(pointerC, rows, columns, columns), accumulate);
            }

            foreach (int threads in (int[])[1, 4])
            {
                T[] actual = ThreadLimit.With(threads, () =>
                {
                    T[] product = [.. start];
                    MatrixProduct.Multiply<T>(a, b, product, rows, inner, columns, transposeA, transposeB, accumulate);
                    return product;
                });
                AssertSameBits<T>(expected, actual);
            }
        }
    }

    /// <summary>The definition: c ← fma(a(i, k), b(k, j), c) for k ascending.</summary>
    private static void Chain<T>(MatrixView<T> a, MatrixView<T> b, MatrixView<T> c, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < c.Rows; i++)
        {
            for (int j = 0; j < c.Columns; j++)
            {
                T* element = c.Pointer + (i * c.RowStride) + j;
                T sum = accumulate ? *element : T.Zero;
                for (int k = 0; k < a.Columns; k++)
                {
                    T left = a.Pointer[(i * a.RowStride) + (k * a.ColumnStride)];
                    T right = b.Pointer[(k * b.RowStride) + (j * b.ColumnStride)];
                    sum = T.FusedMultiplyAdd(left, right, sum);
                }

                *element = sum;
            }
        }
    }

    private static T[] Draw<T>(Philox random, int stream, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [
            .. Enumerable.Range(0, length)
                .Select(index => T.CreateTruncating(random.Normal((ulong)((stream * 1_000_000) + index)))),
        ];

    private static void AssertSameBits<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual)
        where T : unmanaged
    {
        Assert.Equal(expected.Length, actual.Length);
        int common = MemoryMarshal.AsBytes(expected).CommonPrefixLength(MemoryMarshal.AsBytes(actual));
        Assert.True(
            common == expected.Length * sizeof(T), $"Element {common / sizeof(T)} of {expected.Length} differs.");
    }
}
