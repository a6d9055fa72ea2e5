using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

/// <summary>
/// One operation on a tape: its inputs, its value, and the propagation of its gradient to the inputs.
/// </summary>
internal abstract unsafe class Node<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private AlignedBuffer<T>? valueBuffer;
    private AlignedBuffer<T>? gradientBuffer;
    private Node<T>[] inputs = [];
    private int inputCount;

    internal Tape<T> Tape { get; private set; } = null!;

    internal Shape Shape { get; private set; }

    internal bool RequiresGradient { get; private set; }

    /// <summary>The elements.</summary>
    internal T* Value { get; private protected set; }

    internal Span<T> Values => new(Value, Shape.Length);

    /// <summary>∂L/∂value; null until the first contribution.</summary>
    internal T* Gradient { get; private set; }

    internal bool HasGradient => Gradient is not null;

    internal Variable<T> Output => new(this, Shape);

    protected Node<T> First => inputs[0];

    protected Node<T> Second => inputs[1];

    protected ReadOnlySpan<Node<T>> Inputs => inputs.AsSpan(0, inputCount);

    internal void Start(Tape<T> tape, Shape shape, bool requiresGradient)
    {
        Tape = tape;
        Shape = shape;
        RequiresGradient = requiresGradient;
    }

    internal void SetInputs(ReadOnlySpan<Variable<T>> variables)
    {
        inputCount = variables.Length;
        if (inputs.Length < inputCount) inputs = new Node<T>[inputCount];
        for (int index = 0; index < inputCount; index++) inputs[index] = variables[index].Node;
    }

    internal void AllocateValue() => Value = EnsureCapacity(ref valueBuffer, Shape.Length);

    /// <summary>
    /// The destination of contributions to this node's gradient; <c>default</c> when it is not needed.
    /// </summary>
    internal virtual GradientSink<T> Sink()
    {
        if (!RequiresGradient) return default;
        bool accumulate = HasGradient;
        if (!accumulate)
        {
            gradientBuffer = Tape.RentBuffer(Shape.Length);
            Gradient = gradientBuffer.Pointer;
        }

        return new GradientSink<T>(Gradient, Shape.Length, accumulate);
    }

    internal void ReleaseGradient()
    {
        Gradient = null;
        if (gradientBuffer is null) return;
        Tape.ReturnBuffer(gradientBuffer);
        gradientBuffer = null;
    }

    /// <summary>
    /// Adds to the gradients of the inputs. It is called once, when <see cref="Gradient"/> is
    /// complete, and only if an input needs it.
    /// </summary>
    internal abstract void PropagateGradient();

    /// <summary>Drops the references to the inputs and to the caller's memory.</summary>
    internal virtual void Clear()
    {
        ReleaseGradient();
        Array.Clear(inputs, 0, inputCount);
    }

    /// <summary>Memory of at least a length that stays with the node from one computation to the next.</summary>
    private protected TElement* EnsureCapacity<TElement>(ref AlignedBuffer<TElement>? buffer, int length)
        where TElement : unmanaged
    {
        if (buffer is null || buffer.Length < length)
        {
            Tape.Account.AddHeld((long)sizeof(TElement) * (length - (buffer?.Length ?? 0)));
            buffer = new AlignedBuffer<TElement>(length);
        }

        Tape.Account.AddUsed((long)sizeof(TElement) * length);
        return buffer.Pointer;
    }
}
