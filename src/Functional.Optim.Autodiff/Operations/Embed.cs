using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

public static partial class Operations
{
    /// <summary>Rows of a table: y[i] = table[ids[i]].</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="table">[n, d].</param>
    /// <param name="ids">Row numbers, each in [0, n); they must not change before the gradients are made.</param>
    /// <returns>[ids.Length, d].</returns>
    /// <exception cref="ArgumentException">The table is no matrix, or an id is out of range.</exception>
    public static Variable<T> Embed<T>(this Variable<T> table, ReadOnlyMemory<int> ids)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (table.Shape.Rank != 2) throw new ArgumentException($"A table has the shape [n, d]; {table.Shape} was given.", nameof(table));
        for (int index = 0; index < ids.Length; index++)
        {
            int id = ids.Span[index];
            if ((uint)id >= (uint)table.Shape[0])
                throw new ArgumentException($"ids[{index}] is {id}; the table has rows 0 to {table.Shape[0] - 1}.", nameof(ids));
        }

        EmbedNode<T> node = table.Tape.Record<EmbedNode<T>>(new Shape(ids.Length, table.Shape[1]), table, inputs: 1);
        node.Forward(ids);
        return node.Output;
    }

    /// <summary>∂L/∂table[r] = Σ ∂L/∂y[i] over the i with ids[i] = r, in order.</summary>
    private sealed unsafe class EmbedNode<T> : Node<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private ReadOnlyMemory<int> ids;

        internal void Forward(ReadOnlyMemory<int> rows)
        {
            ids = rows;
            int width = Shape.Columns;
            for (int index = 0; index < ids.Length; index++)
                new Span<T>(First.Value + ((long)ids.Span[index] * width), width).CopyTo(Values.Slice(index * width, width));
        }

        internal override void PropagateGradient()
        {
            if (First.Sink() is { IsWanted: true } sink)
                LaneLoop.Ranges<T, Backward>(Shape.Columns, 64, new(ids, Gradient, sink.Cleared(), Shape.Columns));
        }

        internal override void Forget()
        {
            base.Forget();
            ids = default;
        }

        private readonly struct Backward(ReadOnlyMemory<int> ids, T* gradient, GradientSink<T> sink, int width) : ILaneBody<T>
        {
            private readonly T* gradient = gradient;

            public void Run<TLane>(int start, int end)
                where TLane : struct, ILane<TLane, T>
            {
                ReadOnlySpan<int> rows = ids.Span;
                for (int index = 0; index < rows.Length; index++)
                {
                    long to = (long)rows[index] * width, from = (long)index * width;
                    int at = start;
                    for (; at <= end - TLane.Width; at += TLane.Width) sink.Add(to + at, TLane.Load(gradient + from + at));
                    for (; at < end; at++) sink.Add(to + at, ScalarLane<T>.Load(gradient + from + at));
                }
            }
        }
    }
}
