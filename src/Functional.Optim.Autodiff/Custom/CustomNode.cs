using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

/// <summary>
/// An operation of the user. It writes the gradient of each input to memory of its own, which is added to the gradient
/// afterwards: so the user's code need not know of other contributions.
/// </summary>
internal sealed unsafe class CustomNode<T> : Node<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private Operation? operation;

    /// <summary>The shapes of the variables, which may be those of the nodes in another form.</summary>
    private Shape[] shapes = [];

    /// <summary>What the operation has written of each gradient; null where it has not asked for it.</summary>
    private AlignedBuffer<T>?[] written = [];

    internal int InputCount => Inputs.Length;

    internal static Variable<T> Apply(Operation operation, ReadOnlySpan<Variable<T>> inputs)
    {
        Span<Shape> given = inputs.Length <= 8 ? stackalloc Shape[inputs.Length] : new Shape[inputs.Length];
        for (int input = 0; input < inputs.Length; input++) given[input] = inputs[input].Shape;
        CustomNode<T> node = inputs[0].Tape.Record<CustomNode<T>>(operation.ShapeOf(given), inputs);
        node.Forward(operation, given);
        return node.Output;
    }

    internal ReadOnlySpan<T> ValuesOf(int input) => Inputs[input].Values;

    internal Shape ShapeOf(int input) => shapes.AsSpan(0, InputCount)[input];

    internal bool IsWanted(int input) => Inputs[input].RequiresGradient;

    internal Span<T> GradientOf(int input)
    {
        Node<T> of = Inputs[input];
        if (written[input] is { } before) return new(before.Pointer, of.Shape.Length);
        AlignedBuffer<T> buffer = written[input] = Tape.RentBuffer(of.Shape.Length);
        Span<T> gradient = new(buffer.Pointer, of.Shape.Length);
        gradient.Clear();
        return gradient;
    }

    internal override void PropagateGradient()
    {
        int length = Shape.Length;
        operation!.Backward<T>(new(this), Values, new(Gradient, length), new(this));
        for (int input = 0; input < InputCount; input++)
        {
            if (written[input] is not { } buffer) continue;
            if (Inputs[input].Sink() is { IsWanted: true } sink)
                LaneLoop.Elements<T, AddTo>(Inputs[input].Shape.Length, new(buffer.Pointer, sink));
            Tape.ReturnBuffer(buffer);
            written[input] = null;
        }
    }

    internal override void Clear()
    {
        base.Clear();
        operation = null;
        Array.Clear(written);
    }

    private void Forward(Operation apply, ReadOnlySpan<Shape> given)
    {
        operation = apply;
        if (shapes.Length < given.Length)
            (shapes, written) = (new Shape[given.Length], new AlignedBuffer<T>?[given.Length]);
        given.CopyTo(shapes);
        apply.Forward<T>(new(this), Values);
    }

    private readonly struct AddTo(T* from, GradientSink<T> sink) : IElementBody<T>
    {
        private readonly T* from = from;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<TLane>(long index)
            where TLane : struct, ILane<TLane, T> => sink.Add(index, TLane.Load(from + index));
    }
}
