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
    /// <exception cref="ArgumentException">The weight is not as long as a row.</exception>
    public static Variable<T> LayerNorm<T>(this Variable<T> input, Variable<T> weight, double epsilon = 1e-5)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (input.Shape.Rank == 0 || weight.Shape != new Shape(input.Shape.Columns))
            throw new ArgumentException($"Layer normalization takes [..., d] and a weight [d]; {input.Shape} and {weight.Shape} were given.");
        LayerNormNode<T> node = input.Tape.Record<LayerNormNode<T>>(input.Shape, input, weight, inputs: 2);
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

        private AlignedBuffer<T>? statistics;

        /// <summary>Mean and s of every row.</summary>
        private T* Statistics => statistics!.Pointer;

        internal void Forward(double epsilon)
        {
            if (statistics is null || statistics.Length < 2 * Shape.Rows) statistics = new AlignedBuffer<T>(2 * Shape.Rows);
            LaneLoop.Ranges<T, Normalize>(
                Shape.Rows, RowsPerRange, new(First.Value, Second.Value, Value, Statistics, Shape.Columns, T.CreateTruncating(epsilon)));
        }

        internal override void PropagateGradient()
        {
            int width = Shape.Columns;
            if (First.Sink() is { IsWanted: true } toInput)
                LaneLoop.Ranges<T, ToInput>(Shape.Rows, RowsPerRange, new(First.Value, Second.Value, Gradient, Statistics, toInput, width));
            if (Second.Sink() is { IsWanted: true } toWeight)
                LaneLoop.Ranges<T, ToWeight>(width, 64, new(First.Value, Gradient, Statistics, toWeight.Cleared(), Shape.Rows, width));
        }

        private readonly struct Normalize(T* input, T* weight, T* value, T* statistics, int width, T epsilon) : ILaneBody<T>
        {
            private readonly T* input = input;
            private readonly T* weight = weight;
            private readonly T* value = value;
            private readonly T* statistics = statistics;

            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                T count = T.CreateTruncating(width);
                for (long row = start; row < end; row++)
                {
                    T* x = input + (row * width), y = value + (row * width);
                    T mean = RowReduction.Sum<T, TLane, Plain>(width, new(x)) / count;
                    T variance = RowReduction.Sum<T, TLane, SquaredDeviation>(width, new(x, mean)) / count;
                    T scale = T.One / T.Sqrt(variance + epsilon);
                    statistics[2 * row] = mean;
                    statistics[(2 * row) + 1] = scale;
                    int at = 0;
                    for (; at <= width - TLane.Width; at += TLane.Width)
                        TLane.Store(Normalized<TLane>(x + at, mean, scale) * TLane.Load(weight + at), y + at);
                    for (; at < width; at++)
                        ScalarLane<T>.Store(Normalized<ScalarLane<T>>(x + at, mean, scale) * ScalarLane<T>.Load(weight + at), y + at);
                }
            }
        }

        private readonly struct ToInput(T* input, T* weight, T* gradient, T* statistics, GradientSink<T> sink, int width) : ILaneBody<T>
        {
            private readonly T* input = input;
            private readonly T* weight = weight;
            private readonly T* gradient = gradient;
            private readonly T* statistics = statistics;

            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                T count = T.CreateTruncating(width);
                for (long row = start; row < end; row++)
                {
                    T* x = input + (row * width), g = gradient + (row * width);
                    T mean = statistics[2 * row], scale = statistics[(2 * row) + 1];
                    Row terms = new(
                        x, g, weight, mean, scale,
                        RowReduction.Sum<T, TLane, Product>(width, new(g, weight)) / count,
                        RowReduction.Sum<T, TLane, ProductWithNormalized>(width, new(g, weight, x, mean, scale)) / count);
                    int at = 0;
                    for (; at <= width - TLane.Width; at += TLane.Width) sink.Add((row * width) + at, terms.At<TLane>(at));
                    for (; at < width; at++) sink.Add((row * width) + at, terms.At<ScalarLane<T>>(at));
                }
            }
        }

        private readonly struct ToWeight(T* input, T* gradient, T* statistics, GradientSink<T> sink, int rows, int width) : ILaneBody<T>
        {
            private readonly T* input = input;
            private readonly T* gradient = gradient;
            private readonly T* statistics = statistics;

            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (long row = 0; row < rows; row++)
                {
                    T* x = input + (row * width), g = gradient + (row * width);
                    T mean = statistics[2 * row], scale = statistics[(2 * row) + 1];
                    int at = start;
                    for (; at <= end - TLane.Width; at += TLane.Width) sink.Add(at, TLane.Load(g + at) * Normalized<TLane>(x + at, mean, scale));
                    for (; at < end; at++) sink.Add(at, ScalarLane<T>.Load(g + at) * Normalized<ScalarLane<T>>(x + at, mean, scale));
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TLane Normalized<TLane>(T* x, T mean, T scale)
            where TLane : struct, ILane<TLane, T> => (TLane.Load(x) - TLane.Broadcast(mean)) * TLane.Broadcast(scale);

        private readonly struct Plain(T* x) : ITerm<T>
        {
            private readonly T* x = x;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TLane At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> => TLane.Load(x + index);
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

        private readonly struct Product(T* left, T* right) : ITerm<T>
        {
            private readonly T* left = left;
            private readonly T* right = right;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TLane At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> => TLane.Load(left + index) * TLane.Load(right + index);
        }

        private readonly struct ProductWithNormalized(T* g, T* w, T* x, T mean, T scale) : ITerm<T>
        {
            private readonly T* g = g;
            private readonly T* w = w;
            private readonly T* x = x;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TLane At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> =>
                TLane.Load(g + index) * TLane.Load(w + index) * Normalized<TLane>(x + index, mean, scale);
        }

        private readonly struct Row(T* x, T* g, T* w, T mean, T scale, T meanOfH, T meanOfProduct) : ITerm<T>
        {
            private readonly T* x = x;
            private readonly T* g = g;
            private readonly T* w = w;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TLane At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> =>
                TLane.Broadcast(scale) * ((TLane.Load(g + index) * TLane.Load(w + index)) - TLane.Broadcast(meanOfH)
                    - (Normalized<TLane>(x + index, mean, scale) * TLane.Broadcast(meanOfProduct)));
        }
    }
}
