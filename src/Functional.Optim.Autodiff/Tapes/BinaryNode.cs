using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

/// <summary>An elementwise function of two values, with the derivative for each.</summary>
internal interface IBinaryOperator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    static abstract TLane Value<TLane>(TLane left, TLane right)
        where TLane : struct, ILane<TLane, T>;

    static abstract TLane ToLeft<TLane>(TLane gradient, TLane left, TLane right)
        where TLane : struct, ILane<TLane, T>;

    static abstract TLane ToRight<TLane>(TLane gradient, TLane left, TLane right)
        where TLane : struct, ILane<TLane, T>;
}

/// <summary>An elementwise operation on two arrays, one of which may be repeated to the shape of the other.</summary>
internal sealed unsafe class BinaryNode<T, TOperator> : Node<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TOperator : struct, IBinaryOperator<T>
{
    /// <summary>Equal shapes are one row. Otherwise a row has the length of the repeated array.</summary>
    private Rows Layout
    {
        get
        {
            int left = First.Shape.Length, right = Second.Shape.Length, columns = Math.Min(left, right);
            int count = columns == 0 ? 0 : Shape.Length / columns;
            return new(count, columns, left == columns ? 0 : columns, right == columns ? 0 : columns);
        }
    }

    internal static Variable<T> Apply(Variable<T> left, Variable<T> right, string name)
    {
        Shape shape = right.Shape.IsSuffixOf(left.Shape) ? left.Shape
            : left.Shape.IsSuffixOf(right.Shape) ? right.Shape
            : throw new ArgumentException(
                $"{name} takes equal shapes, or one that is the other's innermost dimensions; "
                + $"{left.Shape} and {right.Shape} were given.");
        if (left.Shape.Length == 1) left = left.Repeat(shape);
        if (right.Shape.Length == 1) right = right.Repeat(shape);
        BinaryNode<T, TOperator> node = left.Tape.Record<BinaryNode<T, TOperator>>(shape, left, right);
        node.Run(new Forward(node.First.Value, node.Second.Value, node.Value, node.Layout));
        return node.Output;
    }

    internal override void PropagateGradient()
    {
        GradientSink<T> left = First.Sink(), right = Second.Sink();
        if (First.Shape.Length != Shape.Length) left = left.Cleared();
        if (Second.Shape.Length != Shape.Length) right = right.Cleared();
        Run(new Backward(First.Value, Second.Value, Gradient, left, right, Layout));
    }

    /// <summary>Runs by columns, so that one thread adds all rows of a column, in order.</summary>
    private void Run<TBody>(TBody body)
        where TBody : struct, ILaneBody<T> =>
        LaneLoop.Ranges<T, TBody>(Layout.Columns, Layout.Count > 1 ? 64 : LaneLoop.ElementsPerRange, body);

    private readonly record struct Rows(int Count, int Columns, int LeftStride, int RightStride);

    private readonly struct Forward(T* left, T* right, T* value, Rows rows) : ILaneBody<T>
    {
        private readonly T* left = left;
        private readonly T* right = right;
        private readonly T* value = value;

        public void Run<TLane>(int start, int end)
            where TLane : struct, ILane<TLane, T>
        {
            for (long row = 0; row < rows.Count; row++)
            {
                T* x = left + (row * rows.LeftStride), y = right + (row * rows.RightStride);
                LaneLoop.Run<T, TLane, RowForward>(start, end, new(x, y, value + (row * rows.Columns)));
            }
        }
    }

    private readonly struct Backward(
        T* left,
        T* right,
        T* gradient,
        GradientSink<T> leftSink,
        GradientSink<T> rightSink,
        Rows rows) : ILaneBody<T>
    {
        private readonly T* left = left;
        private readonly T* right = right;
        private readonly T* gradient = gradient;

        public void Run<TLane>(int start, int end)
            where TLane : struct, ILane<TLane, T>
        {
            for (long row = 0; row < rows.Count; row++)
            {
                long one = row * rows.LeftStride, two = row * rows.RightStride;
                T* g = gradient + (row * rows.Columns);
                RowBackward body = new(left + one, right + two, g, leftSink.From(one), rightSink.From(two));
                LaneLoop.Run<T, TLane, RowBackward>(start, end, body);
            }
        }
    }

    private readonly struct RowForward(T* left, T* right, T* value) : IElementBody<T>
    {
        private readonly T* left = left;
        private readonly T* right = right;
        private readonly T* value = value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(long index)
            where TLane : struct, ILane<TLane, T> =>
            TLane.Store(TOperator.Value(TLane.Load(left + index), TLane.Load(right + index)), value + index);
    }

    private readonly struct RowBackward(
        T* left, T* right, T* gradient, GradientSink<T> leftSink, GradientSink<T> rightSink) : IElementBody<T>
    {
        private readonly T* left = left;
        private readonly T* right = right;
        private readonly T* gradient = gradient;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(long index)
            where TLane : struct, ILane<TLane, T>
        {
            TLane g = TLane.Load(gradient + index), x = TLane.Load(left + index), y = TLane.Load(right + index);
            if (leftSink.IsWanted) leftSink.Add(index, TOperator.ToLeft(g, x, y));
            if (rightSink.IsWanted) rightSink.Add(index, TOperator.ToRight(g, x, y));
        }
    }
}
