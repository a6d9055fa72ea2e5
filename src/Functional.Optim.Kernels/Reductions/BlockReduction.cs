using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Functional.Optim.Kernels;

/// <summary>
/// Sums over whole spans, computed in double. Each block of 4096 elements has 32 running sums; the blocks are added in
/// order. Sums over tens of millions of floats keep their precision.
/// </summary>
/// <remarks>
/// The bits depend neither on the number of threads nor on the vector width. Elements are float or double; for any
/// other type every method throws <see cref="NotSupportedException"/>.
/// </remarks>
public static unsafe class BlockReduction
{
    /// <summary>The number of elements in a block.</summary>
    internal const int BlockSize = 4096;

    /// <summary>
    /// A smaller sum of squares of doubles may have lost precision: squares of its terms may be below the range of
    /// double.
    /// </summary>
    internal const double SmallestSum = 1e-250;

    /// <summary>The running sums of a block: element i is part of the sum i mod 32.</summary>
    internal const int Columns = 32;

    private const int ParallelBlocks = 16;

    /// <summary>The dot product Σx·y.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Dot<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => left.Length == right.Length
        ? Reduce<T, Products, Identity>(left, right, default)
        : throw new ArgumentException(
            $"right has length {right.Length}; left has length {left.Length}.", nameof(right));

    /// <summary>The sum of squares Σx².</summary>
    public static double SumOfSquares<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => SumOfSquares(values, default(Identity));

    /// <summary>The sum Σx.</summary>
    public static double Sum<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Sum(values, default(Identity));

    /// <summary>The largest magnitude max |x|: 0 for an empty span, NaN when an element is NaN.</summary>
    public static double MaxAbs<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Reduce<T, Largest, Identity>(values, values, default);

    /// <summary>
    /// The Euclidean norm √Σx². Where the squares overflow or underflow, the elements are divided by the largest first.
    /// So the norm is infinite only when an element is infinite or the norm itself is out of range, and 0 only when
    /// every element is 0.
    /// </summary>
    public static double Norm<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = SumOfSquares(values);
        if (IsPrecise(sum)) return Math.Sqrt(sum);
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

    /// <summary>
    /// The Euclidean distance √Σ(x − y)², with differences in double. Equal elements have the difference 0, infinite
    /// ones too.
    /// </summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static double Distance<T>(ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (left.Length != right.Length)
        {
            throw new ArgumentException(
                $"right has length {right.Length}; left has length {left.Length}.", nameof(right));
        }

        double sum = Reduce<T, SquaredDifferences, Identity>(left, right, default);
        if (IsPrecise(sum)) return Math.Sqrt(sum);
        double largest = 0, scaled = 0;
        for (int index = 0; index < left.Length; index++)
            largest = Math.Max(largest, Math.Abs(Difference(left[index], right[index])));
        if (!double.IsFinite(largest) || largest == 0) return largest;
        for (int index = 0; index < left.Length; index++)
        {
            double ratio = Difference(left[index], right[index]) / largest;
            scaled = Math.FusedMultiplyAdd(ratio, ratio, scaled);
        }

        return largest * Math.Sqrt(scaled);
    }

    /// <summary>Whether a sum of squares has neither overflowed nor lost terms that are too small.</summary>
    internal static bool IsPrecise(double sum) => double.IsFinite(sum) && sum > SmallestSum;

    /// <summary>Σf(x)².</summary>
    internal static double SumOfSquares<T, TMap>(ReadOnlySpan<T> values, TMap map)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TMap : unmanaged, IMap => Reduce<T, Squares, TMap>(values, values, map);

    /// <summary>Σf(x).</summary>
    internal static double Sum<T, TMap>(ReadOnlySpan<T> values, TMap map)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TMap : unmanaged, IMap => Reduce<T, Plain, TMap>(values, values, map);

    /// <summary>
    /// Adds the squares of the next elements of a block to its running sums. Except for the last of a block, their
    /// number is a multiple of <see cref="Columns"/>.
    /// </summary>
    internal static void AddSquares<T>(T* values, int count, double* sums, LaneWidth width)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new Body<T, Squares, Identity>(values, values, count, null, default, width).Add(values, values, count, sums);

    /// <summary>The sum of a block, from its running sums of squares, which change.</summary>
    internal static double TotalOfSquares(double* sums) => Total<Squares>(sums);

    private static double Difference<T>(T left, T right)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        left == right ? 0 : double.CreateTruncating(left) - double.CreateTruncating(right);

    private static double Reduce<T, TSum, TMap>(ReadOnlySpan<T> values, ReadOnlySpan<T> others, TMap map)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TSum : struct, ISum
        where TMap : unmanaged, IMap
    {
        ElementType.Require<T>();
        int blocks = BlocksOf(values.Length);
        if (blocks == 0) return 0;
        double[] partial = ArrayPool<double>.Shared.Rent(blocks);
        double total = 0;
        fixed (T* start = values, other = others)
        fixed (double* results = partial)
        {
            Body<T, TSum, TMap> body = new(
                start, other, values.Length, results, map, LaneWidths.Resolve(LaneWidth.Best));
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

    private static int BlocksOf(int length) => (int)(((long)length + BlockSize - 1) / BlockSize);

    private static double Total<TSum>(double* sums)
        where TSum : struct, ISum
    {
        for (int half = Columns / 2; half > 0; half /= 2)
        {
            for (int column = 0; column < half; column++)
                sums[column] = TSum.Combine(sums[column], sums[column + half]);
        }

        return sums[0];
    }

    /// <summary>f, applied to each element in double before it is added.</summary>
    internal interface IMap
    {
        /// <summary>f(x).</summary>
        TLane Of<TLane>(TLane value)
            where TLane : struct, ILane<TLane, double>;
    }

    private readonly struct Identity : IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TLane Of<TLane>(TLane value)
            where TLane : struct, ILane<TLane, double> => value;
    }

    private interface ISum
    {
        /// <summary>Whether the sum reads a second array; otherwise the second value is the first again.</summary>
        static virtual bool IsBinary => false;

        static abstract TLane Add<TLane>(TLane sum, TLane value, TLane other)
            where TLane : struct, ILane<TLane, double>;

        static abstract double Combine(double left, double right);
    }

    private readonly struct Squares : ISum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Add<TLane>(TLane sum, TLane value, TLane other)
            where TLane : struct, ILane<TLane, double> => TLane.FusedMultiplyAdd(value, value, sum);

        public static double Combine(double left, double right) => left + right;
    }

    private readonly struct Products : ISum
    {
        public static bool IsBinary => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Add<TLane>(TLane sum, TLane value, TLane other)
            where TLane : struct, ILane<TLane, double> => TLane.FusedMultiplyAdd(value, other, sum);

        public static double Combine(double left, double right) => left + right;
    }

    private readonly struct SquaredDifferences : ISum
    {
        public static bool IsBinary => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Add<TLane>(TLane sum, TLane value, TLane other)
            where TLane : struct, ILane<TLane, double>
        {
            TLane difference = value - other;
            return TLane.FusedMultiplyAdd(difference, difference, sum);
        }

        public static double Combine(double left, double right) => left + right;
    }

    private readonly struct Plain : ISum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Add<TLane>(TLane sum, TLane value, TLane other)
            where TLane : struct, ILane<TLane, double> => sum + value;

        public static double Combine(double left, double right) => left + right;
    }

    private readonly struct Largest : ISum
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLane Add<TLane>(TLane sum, TLane value, TLane other)
            where TLane : struct, ILane<TLane, double> => TLane.Max(sum, TLane.Abs(value));

        public static double Combine(double left, double right) => Math.Max(left, right);
    }

    private readonly struct Body<T, TSum, TMap>(
        T* values, T* others, int length, double* results, TMap map, LaneWidth width) : IParallelBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TSum : struct, ISum
        where TMap : unmanaged, IMap
    {
        private readonly T* values = values;
        private readonly T* others = others;
        private readonly double* results = results;
        private readonly TMap map = map;

        public void Run(int index)
        {
            int last = Math.Min((index + 1) * ParallelBlocks, BlocksOf(length));
            for (int block = index * ParallelBlocks; block < last; block++) Reduce(block);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        internal void Reduce(int block)
        {
            double* sums = stackalloc double[Columns];
            new Span<double>(sums, Columns).Clear();
            T* start = values + ((long)block * BlockSize), other = others + ((long)block * BlockSize);
            Add(start, other, Math.Min(BlockSize, length - (block * BlockSize)), sums);
            results[block] = Total<TSum>(sums);
        }

        internal void Add(T* start, T* other, int count, double* sums)
        {
            int rows = count / Columns;
            switch (LaneWidths.Compiled(width))
            {
                case LaneWidth.Bits512: Sweep<Lane512<double>, Pair512>(start, other, rows, sums); break;
                case LaneWidth.Bits256: Sweep<Lane256<double>, Pair256>(start, other, rows, sums); break;
                case LaneWidth.Bits128: Sweep<Lane128<double>, Pair128>(start, other, rows, sums); break;
                default: Sweep<ScalarLane<double>, ScalarPair>(start, other, rows, sums); break;
            }

            for (int index = rows * Columns; index < count; index++)
                AddOne(sums + (index % Columns), start[index], other[index]);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void AddOne(double* sum, T value, T other)
        {
            ScalarLane<double> mapped = map.Of(ScalarLane<double>.Broadcast(double.CreateTruncating(value)));
            ScalarLane<double> second = TSum.IsBinary
                ? ScalarLane<double>.Broadcast(double.CreateTruncating(other))
                : mapped;
            ScalarLane<double>.Store(TSum.Add(ScalarLane<double>.Load(sum), mapped, second), sum);
        }

        /// <summary>
        /// Sums four lanes of columns at a time over all rows. One method for each lane type keeps the JIT within its
        /// inlining budget.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void Sweep<TLane, TPair>(T* start, T* other, int rows, double* sums)
            where TLane : struct, ILane<TLane, double>
            where TPair : struct, IPair<TLane>
        {
            for (int column = 0; column < Columns; column += 4 * TLane.Width)
            {
                TMap constants = map;
                TLane a = TLane.Load(sums + column), b = TLane.Load(sums + column + TLane.Width);
                TLane c = TLane.Load(sums + column + (2 * TLane.Width)),
                    d = TLane.Load(sums + column + (3 * TLane.Width));
                T* at = start + column, beside = other + column;
                for (int row = 0; row < rows; row++, at += Columns, beside += Columns)
                {
                    (TLane First, TLane Second) left = TPair.Load(at), right = TPair.Load(at + (2 * TLane.Width));
                    left = (constants.Of(left.First), constants.Of(left.Second));
                    right = (constants.Of(right.First), constants.Of(right.Second));
                    (TLane First, TLane Second) leftOther = TSum.IsBinary ? TPair.Load(beside) : left;
                    (TLane First, TLane Second) rightOther =
                        TSum.IsBinary ? TPair.Load(beside + (2 * TLane.Width)) : right;
                    a = TSum.Add(a, left.First, leftOther.First);
                    b = TSum.Add(b, left.Second, leftOther.Second);
                    c = TSum.Add(c, right.First, rightOther.First);
                    d = TSum.Add(d, right.Second, rightOther.Second);
                }

                TLane.Store(a, sums + column);
                TLane.Store(b, sums + column + TLane.Width);
                TLane.Store(c, sums + column + (2 * TLane.Width));
                TLane.Store(d, sums + column + (3 * TLane.Width));
            }
        }

        /// <summary>Loads two lanes of doubles from consecutive elements.</summary>
        private interface IPair<TLane>
        {
            static abstract (TLane First, TLane Second) Load(T* at);
        }

        private readonly struct Pair512 : IPair<Lane512<double>>
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public static (Lane512<double> First, Lane512<double> Second) Load(T* at)
            {
                if (typeof(T) == typeof(double))
                    return (new(Vector512.Load((double*)at)), new(Vector512.Load((double*)at + 8)));
                (Vector512<double> lower, Vector512<double> upper) = Vector512.Widen(Vector512.Load((float*)at));
                return (new(lower), new(upper));
            }
        }

        private readonly struct ScalarPair : IPair<ScalarLane<double>>
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public static (ScalarLane<double> First, ScalarLane<double> Second) Load(T* at) => (
                ScalarLane<double>.Broadcast(double.CreateTruncating(at[0])),
                ScalarLane<double>.Broadcast(double.CreateTruncating(at[1])));
        }

        private readonly struct Pair128 : IPair<Lane128<double>>
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public static (Lane128<double> First, Lane128<double> Second) Load(T* at)
            {
                if (typeof(T) == typeof(double))
                    return (new(Vector128.Load((double*)at)), new(Vector128.Load((double*)at + 2)));
                (Vector128<double> lower, Vector128<double> upper) = Vector128.Widen(Vector128.Load((float*)at));
                return (new(lower), new(upper));
            }
        }

        private readonly struct Pair256 : IPair<Lane256<double>>
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public static (Lane256<double> First, Lane256<double> Second) Load(T* at)
            {
                if (typeof(T) == typeof(double))
                    return (new(Vector256.Load((double*)at)), new(Vector256.Load((double*)at + 4)));
                (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(Vector256.Load((float*)at));
                return (new(lower), new(upper));
            }
        }
    }
}
