using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// Layer normalization (Ba, Kiros and Hinton, 2016) of every row: y = w·(x − mean) / √(variance + ε), with the variance of the
    /// row itself (divided by d, not d − 1). Add a bias with <see cref="Add"/>.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x, [..., d].</param>
    /// <param name="weight">w, [d].</param>
    /// <param name="epsilon">ε; positive.</param>
    /// <exception cref="ArgumentException">The weight is not as long as a row, or ε is not positive.</exception>
    public static Variable<T> LayerNorm<T>(this Variable<T> input, Variable<T> weight, double epsilon = 1e-5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (input.Shape.Rank == 0 || weight.Shape != new Shape(input.Shape.Columns))
            throw new ArgumentException($"Layer normalization takes [..., d] and a weight [d]; {input.Shape} and {weight.Shape} were given.");
        if (!(epsilon > 0)) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "ε is positive.");
        LayerNormNode<T> node = input.Tape.Record<LayerNormNode<T>>(input.Shape, input, weight);
        node.Forward(epsilon);
        return node.Output;
    }

    /// <summary>
    /// With x̂ = (x − mean)·s, s = 1/√(variance + ε) and h = w·∂L/∂y: ∂L/∂x = s·(h − mean(h) − x̂·mean(h·x̂)), ∂L/∂w = Σ ∂L/∂y·x̂ over
    /// the rows.
    /// </summary>
    private sealed unsafe class LayerNormNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private const int RowsPerRange = 16;

        private AlignedBuffer<T>? statisticsBuffer;

        /// <summary>Mean and s of every row.</summary>
        private T* statistics;

        internal void Forward(double epsilon)
        {
            statistics = Room(ref statisticsBuffer, 2 * Shape.Rows);
            LaneLoop.Ranges<T, Normalize>(
                Shape.Rows, RowsPerRange, new(First.Value, Second.Value, Value, statistics, Shape.Columns, T.CreateTruncating(epsilon)));
        }

        internal override void PropagateGradient()
        {
            int width = Shape.Columns;
            if (First.Sink() is { IsWanted: true } toInput)
                LaneLoop.Ranges<T, ToInput>(Shape.Rows, RowsPerRange, new(First.Value, Second.Value, Gradient, statistics, toInput, width));
            if (Second.Sink() is { IsWanted: true } toWeight)
                LaneLoop.Ranges<T, ToWeight>(width, 64, new(First.Value, Gradient, statistics, toWeight.Cleared(), Shape.Rows, width));
        }

        private readonly struct Normalize(T* input, T* weight, T* value, T* statistics, int width, T epsilon) : ILaneBody<T>
        {
            private readonly T* input = input;
            private readonly T* weight = weight;
            private readonly T* value = value;
            private readonly T* statistics = statistics;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                T count = T.CreateTruncating(width);
                for (long row = start; row < end; row++)
                {
                    T* x = input + (row * width);
                    T mean = RowReduction.Sum<T, TLane>(x, width) / count;
                    T variance = RowReduction.Sum<T, TLane, SquaredDeviation>(width, new(x, mean)) / count;
                    T scale = T.One / T.Sqrt(variance + epsilon);
                    statistics[2 * row] = mean;
                    statistics[(2 * row) + 1] = scale;
                    LaneLoop.Run<T, TLane, NormalizeRow>(0, width, new(new(x, mean, scale), weight, value + (row * width)));
                }
            }
        }

        private readonly struct ToInput(T* input, T* weight, T* gradient, T* statistics, GradientSink<T> sink, int width) : ILaneBody<T>
        {
            private readonly T* input = input;
            private readonly T* weight = weight;
            private readonly T* gradient = gradient;
            private readonly T* statistics = statistics;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                T count = T.CreateTruncating(width);
                for (long row = start; row < end; row++)
                {
                    T* g = gradient + (row * width);
                    Normalized x = new(input + (row * width), statistics[2 * row], statistics[(2 * row) + 1]);
                    T meanOfH = RowReduction.SumOfProducts<T, TLane>(g, weight, width) / count;
                    T meanOfProduct = RowReduction.Sum<T, TLane, ProductWithNormalized>(width, new(g, weight, x)) / count;
                    LaneLoop.Run<T, TLane, RowToInput>(0, width, new(x, g, weight, meanOfH, meanOfProduct, sink.From(row * width)));
                }
            }
        }

        private readonly struct ToWeight(T* input, T* gradient, T* statistics, GradientSink<T> sink, int rows, int width) : ILaneBody<T>
        {
            private readonly T* input = input;
            private readonly T* gradient = gradient;
            private readonly T* statistics = statistics;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (long row = 0; row < rows; row++)
                {
                    Normalized x = new(input + (row * width), statistics[2 * row], statistics[(2 * row) + 1]);
                    LaneLoop.Run<T, TLane, RowToWeight>(start, end, new(x, gradient + (row * width), sink));
                }
            }
        }

        /// <summary>x̂ of a row.</summary>
        private readonly struct Normalized(T* x, T mean, T scale)
        {
            private readonly T* x = x;

            internal T Scale => scale;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            internal TLane At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> => (TLane.Load(x + index) - TLane.Broadcast(mean)) * TLane.Broadcast(scale);
        }

        private readonly struct SquaredDeviation(T* x, T mean) : ITerm<T>
        {
            private readonly T* x = x;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TLane At<TLane>(long index)
                where TLane : struct, ILane<TLane, T>
            {
                TLane deviation = TLane.Load(x + index) - TLane.Broadcast(mean);
                return deviation * deviation;
            }
        }

        private readonly struct ProductWithNormalized(T* g, T* w, Normalized x) : ITerm<T>
        {
            private readonly T* g = g;
            private readonly T* w = w;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TLane At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> => TLane.Load(g + index) * TLane.Load(w + index) * x.At<TLane>(index);
        }

        private readonly struct NormalizeRow(Normalized x, T* w, T* y) : IElementBody<T>
        {
            private readonly T* w = w;
            private readonly T* y = y;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> => TLane.Store(x.At<TLane>(index) * TLane.Load(w + index), y + index);
        }

        private readonly struct RowToInput(Normalized x, T* g, T* w, T meanOfH, T meanOfProduct, GradientSink<T> sink) : IElementBody<T>
        {
            private readonly T* g = g;
            private readonly T* w = w;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T>
            {
                TLane h = TLane.Load(g + index) * TLane.Load(w + index);
                sink.Add(index, TLane.Broadcast(x.Scale)
                    * (h - TLane.Broadcast(meanOfH) - (x.At<TLane>(index) * TLane.Broadcast(meanOfProduct))));
            }
        }

        private readonly struct RowToWeight(Normalized x, T* g, GradientSink<T> sink) : IElementBody<T>
        {
            private readonly T* g = g;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> => sink.Add(index, TLane.Load(g + index) * x.At<TLane>(index));
        }
    }
}
