using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

/// <summary>An elementwise function of one value, with its derivative.</summary>
internal interface IUnaryOperator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// Whether the derivative is a function of the output y rather than of the input x, where that is no less precise.
    /// </summary>
    static virtual bool DerivativeTakesOutput => false;

    TLane Value<TLane>(TLane x)
        where TLane : struct, ILane<TLane, T>;

    /// <summary>∂L/∂x from ∂L/∂y and x, or y if <see cref="DerivativeTakesOutput"/>.</summary>
    TLane ToInput<TLane>(TLane gradient, TLane x)
        where TLane : struct, ILane<TLane, T>;
}

/// <summary>An elementwise operation on one array.</summary>
internal sealed unsafe class UnaryNode<T, TOperator> : Node<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TOperator : struct, IUnaryOperator<T>
{
    private TOperator operation;

    internal static Variable<T> Apply(Variable<T> input, TOperator operation)
    {
        UnaryNode<T, TOperator> node = input.Tape.Record<UnaryNode<T, TOperator>>(input.Shape, input);
        node.operation = operation;
        LaneLoop.Elements<T, Forward>(node.Shape.Length, new(operation, node.First.Value, node.Value));
        return node.Output;
    }

    internal override void PropagateGradient()
    {
        T* argument = TOperator.DerivativeTakesOutput ? Value : First.Value;
        LaneLoop.Elements<T, Backward>(Shape.Length, new(operation, argument, Gradient, First.Sink()));
    }

    private readonly struct Forward(TOperator operation, T* input, T* value) : IElementBody<T>
    {
        private readonly TOperator operation = operation;
        private readonly T* input = input;
        private readonly T* value = value;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(long index)
            where TLane : struct, ILane<TLane, T> =>
            TLane.Store(operation.Value(TLane.Load(input + index)), value + index);
    }

    private readonly struct Backward(
        TOperator operation, T* argument, T* gradient, GradientSink<T> sink) : IElementBody<T>
    {
        private readonly TOperator operation = operation;
        private readonly T* argument = argument;
        private readonly T* gradient = gradient;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(long index)
            where TLane : struct, ILane<TLane, T> =>
            sink.Add(index, operation.ToInput(TLane.Load(gradient + index), TLane.Load(argument + index)));
    }
}
