using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>
    /// Causal multi-head attention: for each head softmax(q·kᵀ/√(d/heads))·v, where each position attends
    /// to itself and to the positions before it.
    /// </summary>
    /// <remarks>
    /// Vaswani et al., "Attention is all you need", 2017,
    /// <see href="https://arxiv.org/abs/1706.03762">arXiv:1706.03762</see>.
    /// </remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="queryKeyValue">[batch, positions, 3·d]: queries, keys and values, each split into heads.</param>
    /// <param name="heads">The number of heads; it must divide d.</param>
    /// <returns>[batch, positions, d].</returns>
    /// <exception cref="ArgumentException">
    /// The input has another shape, or the number of heads does not divide d.
    /// </exception>
    public static Variable<T> CausalAttention<T>(this Variable<T> queryKeyValue, int heads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Shape shape = queryKeyValue.Shape;
        if (shape.Rank != 3 || heads < 1 || shape[2] % 3 != 0 || shape[2] / 3 % heads != 0)
        {
            throw new ArgumentException(
                $"Causal attention takes [batch, positions, 3·d] with d a multiple of the {heads} heads; "
                + $"{shape} was given.");
        }

        CausalAttentionNode<T> node = queryKeyValue.Tape.Record<CausalAttentionNode<T>>(
            new Shape(shape[0], shape[1], shape[2] / 3), queryKeyValue);
        node.Forward(heads);
        return node.Output;
    }

    /// <summary>
    /// With P the softmax and S its input: ∂V = Pᵀ·∂O, ∂P = ∂O·Vᵀ, ∂S = P∘(∂P −
    /// rowsum(∂P∘P))·scale, ∂Q = ∂S·K, ∂K = ∂Sᵀ·Q.
    /// </summary>
    private sealed unsafe class CausalAttentionNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private AlignedBuffer<T>? probabilityBuffer;
        private T* probabilities;
        private int heads;

        private Geometry Layout => new(Shape[1], Shape[2], heads);

        private int TotalHeads => Shape[0] * heads;

        internal void Forward(int count)
        {
            heads = count;
            if (Shape.Length == 0) return;
            Shape all = new(TotalHeads, Layout.Positions, Layout.Positions);
            probabilities = EnsureCapacity(ref probabilityBuffer, all.Length);
            LaneLoop.Ranges<T, Attend>(TotalHeads, 1, new(Layout, First.Value, probabilities, Value));
        }

        internal override void PropagateGradient()
        {
            if (Shape.Length == 0) return;
            AlignedBuffer<T> scratch = Tape.RentBuffer(TotalHeads * Layout.RowsAtATime * Layout.Positions);
            Backward body = new(Layout, First.Value, probabilities, Gradient, scratch.Pointer, First.Sink().Cleared());
            LaneLoop.Ranges<T, Backward>(TotalHeads, 1, body);
            Tape.ReturnBuffer(scratch);
        }

        /// <summary>The addresses and strides of the matrices of a head.</summary>
        private readonly record struct Geometry(int Positions, int Width, int Heads)
        {
            /// <summary>
            /// Queries are processed in blocks of rows; each block reads the keys up to its last row only.
            /// </summary>
            internal const int BlockRows = 64;

            internal int RowsAtATime => Math.Min(BlockRows, Positions);

            internal int HeadWidth => Width / Heads;

            internal T Scale => T.One / T.Sqrt(T.CreateTruncating(HeadWidth));

            /// <summary>The queries (part 0), keys (1) or values (2) of a head.</summary>
            internal MatrixView<T> Part(T* queryKeyValue, int head, int part)
            {
                long sequence = (long)(head / Heads) * Positions * 3 * Width;
                long column = ((long)part * Width) + ((long)(head % Heads) * HeadWidth);
                return new(queryKeyValue + sequence + column, Positions, HeadWidth, 3 * Width);
            }

            internal MatrixView<T> Result(T* output, int head)
            {
                long sequence = (long)(head / Heads) * Positions * Width, column = (long)(head % Heads) * HeadWidth;
                return new(output + sequence + column, Positions, HeadWidth, Width);
            }

            internal MatrixView<T> Probabilities(T* all, int head) =>
                new(all + ((long)head * Positions * Positions), Positions, Positions, Positions);
        }

        private readonly struct Attend(Geometry layout, T* queryKeyValue, T* probabilities, T* output) : ILaneBody<T>
        {
            private readonly T* queryKeyValue = queryKeyValue;
            private readonly T* probabilities = probabilities;
            private readonly T* output = output;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (int head = start; head < end; head++)
                {
                    MatrixView<T> q = layout.Part(queryKeyValue, head, 0);
                    MatrixView<T> k = layout.Part(queryKeyValue, head, 1);
                    MatrixView<T> v = layout.Part(queryKeyValue, head, 2);
                    MatrixView<T> all = layout.Probabilities(probabilities, head), o = layout.Result(output, head);
                    for (int first = 0; first < layout.Positions; first += Geometry.BlockRows)
                    {
                        int rows = Math.Min(Geometry.BlockRows, layout.Positions - first), seen = first + rows;
                        MatrixView<T> p = all.Block(first, 0, rows, seen);
                        MatrixView<T> keys = k.Block(0, 0, seen, k.Columns);
                        MatrixProduct.Multiply(q.Block(first, 0, rows, q.Columns), keys.Transposed, p);
                        for (int row = 0; row < rows; row++)
                        {
                            T* scores = p.Pointer + ((long)row * p.RowStride);
                            new Span<T>(scores + first + row + 1, rows - row - 1).Fill(T.NegativeInfinity);
                            Softmax.Row<T, TLane>(scores, scores, seen, layout.Scale);
                        }

                        MatrixProduct.Multiply(p, v.Block(0, 0, seen, v.Columns), o.Block(first, 0, rows, o.Columns));
                    }
                }
            }
        }

        private readonly struct Backward(
            Geometry layout,
            T* queryKeyValue,
            T* probabilities,
            T* gradient,
            T* scratch,
            GradientSink<T> sink) : ILaneBody<T>
        {
            private readonly T* queryKeyValue = queryKeyValue;
            private readonly T* probabilities = probabilities;
            private readonly T* gradient = gradient;
            private readonly T* scratch = scratch;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (int head = start; head < end; head++)
                {
                    MatrixView<T> q = layout.Part(queryKeyValue, head, 0), toQ = layout.Part(sink.Address, head, 0);
                    MatrixView<T> k = layout.Part(queryKeyValue, head, 1), toK = layout.Part(sink.Address, head, 1);
                    MatrixView<T> v = layout.Part(queryKeyValue, head, 2), toV = layout.Part(sink.Address, head, 2);
                    MatrixView<T> all = layout.Probabilities(probabilities, head), toO = layout.Result(gradient, head);
                    T* own = scratch + ((long)head * layout.RowsAtATime * layout.Positions);
                    for (int first = 0; first < layout.Positions; first += Geometry.BlockRows)
                    {
                        int rows = Math.Min(Geometry.BlockRows, layout.Positions - first), seen = first + rows;
                        MatrixView<T> p = all.Block(first, 0, rows, seen), toP = new(own, rows, seen, seen);
                        MatrixView<T> toBlock = toO.Block(first, 0, rows, toO.Columns);
                        MatrixProduct.Multiply(toBlock, v.Block(0, 0, seen, v.Columns).Transposed, toP);
                        MatrixView<T> toValues = toV.Block(0, 0, seen, toV.Columns);
                        MatrixProduct.Multiply(p.Transposed, toBlock, toValues, accumulate: true);
                        for (int row = 0; row < rows; row++)
                            ThroughSoftmax<TLane>(
                                p.Pointer + ((long)row * p.RowStride), own + ((long)row * seen), seen);
                        MatrixView<T> keys = k.Block(0, 0, seen, k.Columns);
                        MatrixView<T> toKeys = toK.Block(0, 0, seen, toK.Columns);
                        MatrixView<T> queries = q.Block(first, 0, rows, q.Columns);
                        MatrixView<T> toQueries = toQ.Block(first, 0, rows, toQ.Columns);
                        MatrixProduct.Multiply(toP, keys, toQueries, accumulate: true);
                        MatrixProduct.Multiply(toP.Transposed, queries, toKeys, accumulate: true);
                    }
                }
            }

            /// <summary>
            /// The derivative of the softmax of a row. When one probability is close to 1, its ∂P and Σ∂P∘P agree in
            /// almost all digits. So the rounding error of the sum is computed and subtracted too.
            /// </summary>
            private void ThroughSoftmax<TLane>(T* p, T* g, int length)
                where TLane : struct, ILane<TLane, T>
            {
                T sum = RowReduction.SumOfProducts<T, TLane>(p, g, length);
                T rest = RowReduction.Sum<T, TLane, FromMean>(length, new(p, g, sum, T.Zero));
                LaneLoop.Run<T, TLane, SoftmaxBackward>(0, length, new(new(p, g, sum, rest), g, layout.Scale));
            }
        }

        /// <summary>P∘(∂P − sum − rest) of a row.</summary>
        private readonly struct FromMean(T* p, T* g, T sum, T rest) : ITerm<T>
        {
            private readonly T* p = p;
            private readonly T* g = g;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public TLane At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> =>
                TLane.Load(p + index) * (TLane.Load(g + index) - TLane.Broadcast(sum) - TLane.Broadcast(rest));
        }

        private readonly struct SoftmaxBackward(FromMean difference, T* g, T scale) : IElementBody<T>
        {
            private readonly FromMean difference = difference;
            private readonly T* g = g;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> =>
                TLane.Store(difference.At<TLane>(index) * TLane.Broadcast(scale), g + index);
        }
    }
}
