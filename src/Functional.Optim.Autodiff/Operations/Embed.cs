using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>Looks up rows of a table: y[i] = table[ids[i]].</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="table">The table, [n, d].</param>
    /// <param name="ids">The indices of rows, each in [0, n); copied.</param>
    /// <returns>[ids.Length, d].</returns>
    /// <exception cref="ArgumentException">The table is not a matrix, or an index is out of range.</exception>
    public static Variable<T> Embed<T>(this Variable<T> table, ReadOnlyMemory<int> ids)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (table.Shape.Rank != 2)
            throw new ArgumentException($"A table has the shape [n, d]; {table.Shape} was given.", nameof(table));
        EmbedNode<T> node = table.Tape.Record<EmbedNode<T>>(new Shape(ids.Length, table.Shape[1]), table);
        node.CopyIds(ids.Span, table.Shape[0]);
        node.Forward();
        return node.Output;
    }

    /// <summary>∂L/∂table[r] = Σ ∂L/∂y[i] over all i with ids[i] = r, in order.</summary>
    private sealed unsafe class EmbedNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private AlignedBuffer<int>? idBuffer;
        private int* ids;

        /// <summary>
        /// Copies the indices and checks the copy, because another thread may change the caller's memory.
        /// </summary>
        internal void CopyIds(ReadOnlySpan<int> ids, int rows)
        {
            int* own = this.ids = EnsureCapacity(ref idBuffer, Shape[0]);
            ids.CopyTo(new(own, Shape[0]));
            for (int index = 0; index < Shape[0]; index++)
            {
                if ((uint)own[index] >= (uint)rows)
                    throw new ArgumentException(
                        $"ids[{index}] is {own[index]}; the table has rows 0 to {rows - 1}.", nameof(ids));
            }
        }

        internal void Forward()
        {
            int width = Shape.Columns, count = Shape[0];
            for (int index = 0; index < count; index++)
                new Span<T>(First.Value + ((long)ids[index] * width), width).CopyTo(Values.Slice(index * width, width));
        }

        internal override void PropagateGradient() =>
            LaneLoop.Ranges<T, Backward>(
                Shape.Columns, 64, new(ids, Shape[0], Gradient, First.Sink().Cleared(), Shape.Columns));

        private readonly struct Backward(
            int* ids, int count, T* gradient, GradientSink<T> sink, int width) : ILaneBody<T>
        {
            private readonly int* ids = ids;
            private readonly T* gradient = gradient;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (long index = 0; index < count; index++)
                {
                    GradientSink<T> row = sink.From((long)ids[index] * width);
                    LaneLoop.Run<T, TLane, AddRow>(start, end, new(gradient + (index * width), row));
                }
            }
        }

        private readonly struct AddRow(T* gradient, GradientSink<T> sink) : IElementBody<T>
        {
            private readonly T* gradient = gradient;

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void At<TLane>(long index)
                where TLane : struct, ILane<TLane, T> => sink.Add(index, TLane.Load(gradient + index));
        }
    }
}
