using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// Layer normalization of every row: y = w·(x − mean) / √(variance + ε), where the variance is divided by d, not
    /// d − 1. Add a bias with <see cref="Add"/>.
    /// </summary>
    /// <remarks>
    /// Ba, Kiros and Hinton, "Layer normalization", 2016,
    /// <see href="https://arxiv.org/abs/1607.06450">arXiv:1607.06450</see>. A large common offset or a large scale of a
    /// row costs no precision. A row of equal numbers gives zeros, and a row of finite numbers gives finite numbers.
    /// </remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x, [..., d].</param>
    /// <param name="weight">w, [d].</param>
    /// <param name="epsilon">ε; positive.</param>
    /// <exception cref="ArgumentException">The length of the weight is not d, or ε is not positive.</exception>
    public static Variable<T> LayerNorm<T>(this Variable<T> input, Variable<T> weight, double epsilon = 1e-5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (input.Shape.Rank == 0 || weight.Shape != new Shape(input.Shape.Columns))
        {
            throw new ArgumentException(
                $"Layer normalization takes [..., d] and a weight [d]; {input.Shape} and {weight.Shape} were given.");
        }

        if (!(epsilon > 0)) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "ε is positive.");
        LayerNormNode<T> node = input.Tape.Record<LayerNormNode<T>>(input.Shape, input, weight);
        node.Forward(epsilon);
        return node.Output;
    }

    /// <summary>
    /// With x̂ = (x − mean)·s, s = 1/√(variance + ε) and h = w·∂L/∂y: ∂L/∂x = s·(h − mean(h) − x̂·mean(h·x̂)), and
    /// ∂L/∂w = Σ ∂L/∂y·x̂ over the rows. Because Σx̂ = 0, a constant can be subtracted from every h of a row. The first
    /// h is subtracted, so that a large common part costs no precision.
    /// </summary>
    private sealed unsafe class LayerNormNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private const int RowsPerRange = 16;

        private AlignedBuffer<T>? statisticsBuffer;
        private Statistics* statistics;

        internal void Forward(double epsilon)
        {
            if (Shape.Length == 0) return;
            statistics = (Statistics*)EnsureCapacity(ref statisticsBuffer, checked(4 * Shape.Rows));
            Normalize body = new(First.Value, Second.Value, Value, statistics, Shape.Columns, epsilon);
            LaneLoop.Ranges<T, Normalize>(Shape.Rows, RowsPerRange, body);
        }

        internal override void PropagateGradient()
        {
            int width = Shape.Columns, rows = Shape.Length == 0 ? 0 : Shape.Rows;
            if (First.Sink() is { IsWanted: true } toInput)
            {
                ToInput body = new(First.Value, Second.Value, Gradient, statistics, toInput, width);
                LaneLoop.Ranges<T, ToInput>(rows, RowsPerRange, body);
            }

            if (Second.Sink() is { IsWanted: true } toWeight)
            {
                ToWeight body = new(First.Value, Gradient, statistics, toWeight.Cleared(), rows, width);
                LaneLoop.Ranges<T, ToWeight>(width, 64, body);
            }
        }

        /// <summary>
        /// What turns the x of a row into x̂: x̂ = ((c·x − mean) − remainder)·s. One number is not precise enough for
        /// the mean of a row far from 0, so the mean is the sum of two numbers. c is a power of two; it is 1 unless
        /// the squares would overflow or underflow.
        /// </summary>
        private readonly record struct Statistics(T C, T Mean, T Remainder, T S)
        {
            /// <summary>1/√(variance + ε) of the row itself; never infinite, so that its product with 0 is 0.</summary>
            internal T Scale => T.Min(S * C, Largest);

            internal static Statistics Of<TLane>(T* x, int width, double epsilon)
                where TLane : struct, ILane<TLane, T>
            {
                (T mean, T rest, T variance) = MomentsOf<TLane>(x, width, T.One);
                T spread = variance + T.CreateTruncating(epsilon);
                return spread >= SmallestSpread && T.IsFinite(spread)
                    ? new(T.One, mean, rest, T.One / T.Sqrt(spread))
                    : Scaled<TLane>(x, width, epsilon);
            }

            private static T Largest => T.BitDecrement(T.PositiveInfinity);

            /// <summary>Below this, the squares and ε may have lost precision.</summary>
            private static T SmallestSpread => T.CreateTruncating(typeof(T) == typeof(float) ? 1e-30 : 1e-270);

            /// <summary>
            /// The statistics when the squares overflow or underflow: those of the row times a c that
            /// brings the largest element, or √ε, near 1.
            /// </summary>
            private static Statistics Scaled<TLane>(T* x, int width, double epsilon)
                where TLane : struct, ILane<TLane, T>
            {
                double largest = Math.Sqrt(epsilon);
                for (int index = 0; index < width; index++)
                    largest = Math.Max(largest, Math.Abs(double.CreateTruncating(x[index])));
                int limit = typeof(T) == typeof(float) ? 126 : 1022;
                int exponent = double.IsFinite(largest) ? Math.Clamp(-Math.ILogB(largest), -limit, limit) : 0;
                double c = Math.ScaleB(1, exponent);
                (T mean, T rest, T variance) = MomentsOf<TLane>(x, width, T.CreateTruncating(c));
                double s = 1 / Math.Sqrt(double.CreateTruncating(variance) + (epsilon * c * c));
                return new(T.CreateTruncating(c), mean, rest, T.Min(T.CreateTruncating(s), Largest));
            }

            /// <summary>
            /// The moments of the row times c. They are sums of differences from the first element, which are exact
            /// where the row is far from 0, and 0 where it is constant.
            /// </summary>
            private static (T Mean, T Remainder, T Variance) MomentsOf<TLane>(T* x, int width, T c)
                where TLane : struct, ILane<TLane, T>
            {
                T count = T.CreateTruncating(width), first = c * x[0];
                T offset = RowReduction.Sum<T, TLane, Deviation>(width, new(x, new(c, first, T.Zero, T.One))) / count;
                T mean = first + offset, part = mean - first;
                T rest = (first - (mean - part)) + (offset - part);
                T squares = RowReduction.Sum<T, TLane, SquaredDeviation>(width, new(x, new(c, mean, rest, T.One)));
                return (mean, rest, squares / count);
            }
        }

        private readonly struct Normalize(
            T* input, T* weight, T* value, Statistics* statistics, int width, double epsilon) : ILaneBody<T>
        {
            private readonly T* input = input;
            private readonly T* weight = weight;
            private readonly T* value = value;
            private readonly Statistics* statistics = statistics;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (long row = start; row < end; row++)
                {
                    T* x = input + (row * width);
                    statistics[row] = Statistics.Of<TLane>(x, width, epsilon);
                    NormalizeRow body = new(new(x, statistics[row]), weight, value + (row * width));
                    LaneLoop.Run<T, TLane, NormalizeRow>(0, width, body);
                }
            }
        }

        private readonly struct ToInput(
            T* input, T* weight, T* gradient, Statistics* statistics, GradientSink<T> sink, int width) : ILaneBody<T>
        {
            private readonly T* input = input;
            private readonly T* weight = weight;
            private readonly T* gradient = gradient;
            private readonly Statistics* statistics = statistics;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                T count = T.CreateTruncating(width);
                for (long row = start; row < end; row++)
                {
                    Normalized x = new(input + (row * width), statistics[row]);
                    Slopes h = new(gradient + (row * width), weight);
                    T meanOfH = RowReduction.Sum<T, TLane, Slopes>(width, h) / count;
                    T meanOfProduct = RowReduction.Sum<T, TLane, ProductWithNormalized>(width, new(h, x)) / count;
                    GradientSink<T> to = sink.From(row * width);
                    RowToInput body = new(x, h, meanOfH, meanOfProduct, statistics[row].Scale, to);
                    LaneLoop.Run<T, TLane, RowToInput>(0, width, body);
                }
            }
        }

        private readonly struct ToWeight(
            T* input, T* gradient, Statistics* statistics, GradientSink<T> sink, int rows, int width) : ILaneBody<T>
        {
            private readonly T* input = input;
            private readonly T* gradient = gradient;
            private readonly Statistics* statistics = statistics;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (long row = 0; row < rows; row++)
                {
                    Normalized x = new(input + (row * width), statistics[row]);
                    LaneLoop.Run<T, TLane, RowToWeight>(start, end, new(x, gradient + (row * width), sink));
                }
            }
        }

        /// <summary>x̂ of a row.</summary>
        private readonly struct Normalized(T* x, Statistics row)
        {
            private readonly Deviation deviation = new(x, row);
            private readonly T s = row.S;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            internal TLane At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> => deviation.At<TLane>(index) * TLane.Broadcast(s);
        }

        /// <summary>c·x − mean of a row.</summary>
        private readonly struct Deviation(T* x, Statistics row) : ITerm<T>
        {
            private readonly T* x = x;
            private readonly T c = row.C;
            private readonly T minusMean = -row.Mean;
            private readonly T rest = row.Remainder;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TLane At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> =>
                TLane.FusedMultiplyAdd(TLane.Load(x + index), TLane.Broadcast(c), TLane.Broadcast(minusMean))
                - TLane.Broadcast(rest);
        }

        private readonly struct SquaredDeviation(T* x, Statistics row) : ITerm<T>
        {
            private readonly Deviation deviation = new(x, row);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TLane At<TLane>(long index)
                where TLane : struct, ILane<TLane, T>
            {
                TLane x = deviation.At<TLane>(index);
                return x * x;
            }
        }

        /// <summary>h of a row, less the first h.</summary>
        private readonly struct Slopes(T* g, T* w) : ITerm<T>
        {
            private readonly T* g = g;
            private readonly T* w = w;
            private readonly T minusFirst = -(*g * *w);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TLane At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> =>
                TLane.FusedMultiplyAdd(TLane.Load(g + index), TLane.Load(w + index), TLane.Broadcast(minusFirst));
        }

        private readonly struct ProductWithNormalized(Slopes h, Normalized x) : ITerm<T>
        {
            private readonly Slopes h = h;
            private readonly Normalized x = x;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TLane At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> => h.At<TLane>(index) * x.At<TLane>(index);
        }

        private readonly struct NormalizeRow(Normalized x, T* w, T* y) : IElementBody<T>
        {
            private readonly Normalized x = x;
            private readonly T* w = w;
            private readonly T* y = y;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> =>
                TLane.Store(x.At<TLane>(index) * TLane.Load(w + index), y + index);
        }

        private readonly struct RowToInput(
            Normalized x, Slopes h, T meanOfH, T meanOfProduct, T scale, GradientSink<T> sink) : IElementBody<T>
        {
            private readonly Normalized x = x;
            private readonly Slopes h = h;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T>
            {
                TLane along = x.At<TLane>(index) * TLane.Broadcast(meanOfProduct);
                TLane part = h.At<TLane>(index) - TLane.Broadcast(meanOfH) - along;
                sink.Add(index, TLane.Broadcast(scale) * part);
            }
        }

        private readonly struct RowToWeight(Normalized x, T* g, GradientSink<T> sink) : IElementBody<T>
        {
            private readonly Normalized x = x;
            private readonly T* g = g;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> =>
                sink.Add(index, TLane.Load(g + index) * x.At<TLane>(index));
        }
    }
}
