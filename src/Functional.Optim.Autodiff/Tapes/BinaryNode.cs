using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

/// <summary>An elementwise function of two values and how a gradient goes back to each.</summary>
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
    internal static Variable<T> Apply(Variable<T> left, Variable<T> right, string name)
    {
        Shape shape = right.Shape.IsSuffixOf(left.Shape) ? left.Shape
            : left.Shape.IsSuffixOf(right.Shape) ? right.Shape
            : throw new ArgumentException(
                $"{name} takes equal shapes, or one that is the other's innermost dimensions; {left.Shape} and {right.Shape} were given.");
        BinaryNode<T, TOperator> node = left.Tape.Record<BinaryNode<T, TOperator>>(shape, left, right, inputs: 2);
        node.leftLength = left.Shape.Length;
        node.rightLength = right.Shape.Length;
        node.Run(new Forward(node.First.Value, node.Second.Value, node.Value, node.Layout));
        return node.Output;
    }

    private int leftLength;
    private int rightLength;

    /// <summary>Equal shapes are one row; else the repeated array is as long as a row.</summary>
    private Rows Layout
    {
        get
        {
            int columns = Math.Min(leftLength, rightLength);
            int rows = columns == 0 ? 0 : Math.Max(leftLength, rightLength) / columns;
            return new(rows, columns, leftLength == columns ? 0 : columns, rightLength == columns ? 0 : columns);
        }
    }

    internal override void PropagateGradient()
    {
        Rows layout = Layout;
        GradientSink<T> left = First.Sink(), right = Second.Sink();
        if (layout.Count > 1 && layout.LeftStride == 0) left = left.Cleared();
        if (layout.Count > 1 && layout.RightStride == 0) right = right.Cleared();
        Run(new Backward(First.Value, Second.Value, Gradient, left, right, layout));
    }

    /// <summary>By columns, so that what is added over the rows is added by one thread, in order.</summary>
    private void Run<TBody>(TBody body)
        where TBody : struct, ILaneBody<T> => LaneLoop.Ranges<T, TBody>(Layout.Columns, Layout.Count > 1 ? 64 : 8192, body);

    private readonly record struct Rows(int Count, int Columns, int LeftStride, int RightStride);

    private readonly struct Forward(T* left, T* right, T* value, Rows rows) : ILaneBody<T>
    {
        private readonly T* left = left;
        private readonly T* right = right;
        private readonly T* value = value;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLane>(int start, int end)
            where TLane : struct, ILane<TLane, T>
        {
            for (long row = 0; row < rows.Count; row++)
            {
                T* one = left + (row * rows.LeftStride), two = right + (row * rows.RightStride), to = value + (row * rows.Columns);
                long at = start;
                for (; at <= end - TLane.Width; at += TLane.Width) TLane.Store(TOperator.Value(TLane.Load(one + at), TLane.Load(two + at)), to + at);
                for (; at < end; at++)
                    ScalarLane<T>.Store(TOperator.Value(ScalarLane<T>.Load(one + at), ScalarLane<T>.Load(two + at)), to + at);
            }
        }
    }

    private readonly struct Backward(T* left, T* right, T* gradient, GradientSink<T> leftSink, GradientSink<T> rightSink, Rows rows) : ILaneBody<T>
    {
        private readonly T* left = left;
        private readonly T* right = right;
        private readonly T* gradient = gradient;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<TLane>(int start, int end)
            where TLane : struct, ILane<TLane, T>
        {
            for (long row = 0; row < rows.Count; row++)
            {
                long at = start;
                for (; at <= end - TLane.Width; at += TLane.Width) At<TLane>(row, at);
                for (; at < end; at++) At<ScalarLane<T>>(row, at);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void At<TLane>(long row, long column)
            where TLane : struct, ILane<TLane, T>
        {
            long one = (row * rows.LeftStride) + column, two = (row * rows.RightStride) + column;
            TLane g = TLane.Load(gradient + (row * rows.Columns) + column), x = TLane.Load(left + one), y = TLane.Load(right + two);
            if (leftSink.IsWanted) leftSink.Add(one, TOperator.ToLeft(g, x, y));
            if (rightSink.IsWanted) rightSink.Add(two, TOperator.ToRight(g, x, y));
        }
    }
}
