using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>Rows of a table: y[i] = table[ids[i]].</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="table">[n, d].</param>
    /// <param name="ids">Row numbers, each in [0, n); copied.</param>
    /// <returns>[ids.Length, d].</returns>
    /// <exception cref="ArgumentException">The table is no matrix, or an id is out of range.</exception>
    public static Variable<T> Embed<T>(this Variable<T> table, ReadOnlyMemory<int> ids)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (table.Shape.Rank != 2) throw new ArgumentException($"A table has the shape [n, d]; {table.Shape} was given.", nameof(table));
        ReadOnlySpan<int> each = ids.Span;
        for (int index = 0; index < each.Length; index++)
        {
            if ((uint)each[index] >= (uint)table.Shape[0])
                throw new ArgumentException($"ids[{index}] is {each[index]}; the table has rows 0 to {table.Shape[0] - 1}.", nameof(ids));
        }

        EmbedNode<T> node = table.Tape.Record<EmbedNode<T>>(new Shape(ids.Length, table.Shape[1]), table);
        node.Forward(each);
        return node.Output;
    }

    /// <summary>∂L/∂table[r] = Σ ∂L/∂y[i] over the i with ids[i] = r, in order.</summary>
    private sealed unsafe class EmbedNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private AlignedBuffer<int>? idBuffer;
        private int* ids;

        internal void Forward(ReadOnlySpan<int> rows)
        {
            ids = Room(ref idBuffer, rows.Length);
            rows.CopyTo(new(ids, rows.Length));
            int width = Shape.Columns;
            for (int index = 0; index < rows.Length; index++)
                new Span<T>(First.Value + ((long)rows[index] * width), width).CopyTo(Values.Slice(index * width, width));
        }

        internal override void PropagateGradient() =>
            LaneLoop.Ranges<T, Backward>(Shape.Columns, 64, new(ids, Shape[0], Gradient, First.Sink().Cleared(), Shape.Columns));

        private readonly struct Backward(int* ids, int count, T* gradient, GradientSink<T> sink, int width) : ILaneBody<T>
        {
            private readonly int* ids = ids;
            private readonly T* gradient = gradient;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                for (long index = 0; index < count; index++)
                    LaneLoop.Run<T, TLane, AddRow>(start, end, new(gradient + (index * width), sink.From((long)ids[index] * width)));
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
