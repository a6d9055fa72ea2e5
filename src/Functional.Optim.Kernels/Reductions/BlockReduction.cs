using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Functional.Optim.Kernels;

/// <summary>
/// Sums over whole spans in double: 32 running sums inside blocks of a fixed size, the blocks added in order. The bits depend
/// neither on the number of threads nor on the vector width, and 33 million floats lose nothing.
/// </summary>
public static unsafe class BlockReduction
{
    private const int BlockSize = 4096;
    private const int Columns = 32;
    private const int ParallelBlocks = 16;

    /// <summary>Σx².</summary>
    public static double SumOfSquares<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Reduce<T, Squares>(values);

    /// <summary>Σx.</summary>
    public static double Sum<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Reduce<T, Plain>(values);

    /// <summary>max |x|, 0 for an empty span, NaN when an element is.</summary>
    public static double MaxAbs<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Reduce<T, Largest>(values);

    /// <summary>
    /// The Euclidean norm √Σx². Doubles whose squares leave the range are divided by the largest first, so the norm is infinite
    /// or zero only when an element is infinite or every element is zero.
    /// </summary>
    public static double Norm<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = SumOfSquares(values);
        if (double.IsFinite(sum) && sum > 1e-250) return Math.Sqrt(sum);
        double largest = MaxAbs(values);
        if (!double.IsFinite(largest) || largest == 0) return largest;
        double scaled = 0;
        foreach (T value in values)
        {
            double ratio = double.CreateTruncating(value) / largest;
            scaled = Math.FusedMultiplyAdd(ratio, ratio, scaled);
        }

        return largest * Math.Sqrt(scaled);
    }

    private static double Reduce<T, TSum>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TSum : struct, ISum
    {
        int blocks = (values.Length + BlockSize - 1) / BlockSize;
        if (blocks == 0) return 0;
        double[] partial = ArrayPool<double>.Shared.Rent(blocks);
        double total = 0;
        fixed (T* start = values)
        fixed (double* results = partial)
        {
            Body<T, TSum> body = new(start, values.Length, results);
            if (blocks < ParallelBlocks)
            {
                for (int block = 0; block < blocks; block++) body.Reduce(block);
            }
            else
            {
                ParallelFor.Run((blocks + ParallelBlocks - 1) / ParallelBlocks, body);
            }

            for (int block = 0; block < blocks; block++) total = TSum.Combine(total, results[block]);
        }

        ArrayPool<double>.Shared.Return(partial);
        return total;
    }

    private interface ISum
    {
        static abstract TLane Add<TLane>(TLane sum, TLane value)
            where TLane : struct, ILane<TLane, double>;

        static abstract double Combine(double left, double right);
    }

    private readonly struct Squares : ISum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Add<TLane>(TLane sum, TLane value)
            where TLane : struct, ILane<TLane, double> => TLane.FusedMultiplyAdd(value, value, sum);

        public static double Combine(double left, double right) => left + right;
    }

    private readonly struct Plain : ISum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Add<TLane>(TLane sum, TLane value)
            where TLane : struct, ILane<TLane, double> => sum + value;

        public static double Combine(double left, double right) => left + right;
    }

    private readonly struct Largest : ISum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Add<TLane>(TLane sum, TLane value)
            where TLane : struct, ILane<TLane, double> => TLane.Max(sum, TLane.Abs(value));

        public static double Combine(double left, double right) => Math.Max(left, right);
    }

    private readonly struct Body<T, TSum>(T* values, int length, double* results) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TSum : struct, ISum
    {
        private readonly T* values = values;
        private readonly double* results = results;

        public void Run(int index)
        {
            int last = Math.Min((index + 1) * ParallelBlocks, (length + BlockSize - 1) / BlockSize);
            for (int block = index * ParallelBlocks; block < last; block++) Reduce(block);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        internal void Reduce(int block)
        {
            double* sums = stackalloc double[Columns];
            new Span<double>(sums, Columns).Clear();
            T* start = values + ((long)block * BlockSize);
            int count = Math.Min(BlockSize, length - (block * BlockSize));
            int rows = count / Columns;
            if (Avx2.IsSupported)
            {
                for (int column = 0; column < Columns; column += 4 * Vector256<double>.Count) Sweep(start + column, rows, sums + column);
            }
            else
            {
                for (int index = 0; index < rows * Columns; index++) AddOne(sums + (index % Columns), start[index]);
            }

            for (int index = rows * Columns; index < count; index++) AddOne(sums + (index % Columns), start[index]);
            for (int half = Columns / 2; half > 0; half /= 2)
            {
                for (int column = 0; column < half; column++) sums[column] = TSum.Combine(sums[column], sums[column + half]);
            }

            results[block] = sums[0];
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void AddOne(double* sum, T value) =>
            ScalarLane<double>.Store(
                TSum.Add(ScalarLane<double>.Load(sum), ScalarLane<double>.Broadcast(double.CreateTruncating(value))), sum);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Sweep(T* at, int rows, double* sums)
        {
            Lane256<double> a = default, b = default, c = default, d = default;
            for (int row = 0; row < rows; row++, at += Columns)
            {
                a = TSum.Add(a, Widen(at));
                b = TSum.Add(b, Widen(at + 4));
                c = TSum.Add(c, Widen(at + 8));
                d = TSum.Add(d, Widen(at + 12));
            }

            Lane256<double>.Store(a, sums);
            Lane256<double>.Store(b, sums + 4);
            Lane256<double>.Store(c, sums + 8);
            Lane256<double>.Store(d, sums + 12);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Lane256<double> Widen(T* at) =>
            new(typeof(T) == typeof(double) ? Vector256.Load((double*)at) : Avx.ConvertToVector256Double(Vector128.Load((float*)at)));
    }
}
