using System.Numerics;
using Functional.Optim.Kernels;

namespace Functional.Optim.Autodiff;

/// <summary>
/// An operation of your own on single elements, y = f(x): a pair of functions over spans, the value and the derivative.
/// <c>OperationLaws</c> in Functional.Optim.Laws checks that they belong together.
/// </summary>
/// <remarks>
/// Its settings are properties of the record; it must not change. The functions get parts of the array, several threads
/// at once, so what they do for an element must not depend on the others.
/// </remarks>
public abstract record ElementwiseOperation : Operation
{
    /// <summary>The length of the parts for which derivatives are computed.</summary>
    private const int DerivativesAtOnce = 512;

    /// <summary>Writes y = f(x).</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    /// <param name="output">y, of the length of x; what it holds before has no meaning.</param>
    protected abstract void Value<T>(ReadOnlySpan<T> input, Span<T> output)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <summary>Writes f′(x), from x or y, whichever is simpler or more precise.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="input">x.</param>
    /// <param name="output">y.</param>
    /// <param name="derivative">f′(x), of the length of x; what it holds before has no meaning.</param>
    protected abstract void Derivative<T>(ReadOnlySpan<T> input, ReadOnlySpan<T> output, Span<T> derivative)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    /// <inheritdoc/>
    protected internal sealed override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs.Length == 1
        ? inputs[0]
        : throw new ArgumentException($"{Name} takes one input; {inputs.Length} were given.", nameof(inputs));

    /// <inheritdoc/>
    protected internal sealed override unsafe void Forward<T>(in OperationInputs<T> inputs, Span<T> output)
    {
        ReadOnlySpan<T> input = inputs[0];
        fixed (T* x = input, y = output) LaneLoop.Ranges<T, Values<T>>(
            output.Length, LaneLoop.ElementsPerRange, new(this, x, y));
    }

    /// <inheritdoc/>
    protected internal sealed override unsafe void Backward<T>(
        in OperationInputs<T> inputs,
        ReadOnlySpan<T> output,
        ReadOnlySpan<T> gradient,
        in OperationGradients<T> gradients)
    {
        if (!gradients.IsWanted(0)) return;
        ReadOnlySpan<T> input = inputs[0];
        fixed (T* x = input, y = output, g = gradient, to = gradients.Of(0)) LaneLoop.Ranges<T, Derivatives<T>>(
            output.Length, LaneLoop.ElementsPerRange, new(this, x, y, g, to));
    }

    private readonly unsafe struct Values<T>(ElementwiseOperation operation, T* input, T* output) : ILaneBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T* input = input;
        private readonly T* output = output;

        public void Run<TLane>(int start, int end)
            where TLane : struct, ILane<TLane, T> =>
            operation.Value<T>(new(input + start, end - start), new(output + start, end - start));
    }

    private readonly unsafe struct Derivatives<T>(
        ElementwiseOperation operation, T* input, T* output, T* gradient, T* result) : ILaneBody<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T* input = input;
        private readonly T* output = output;
        private readonly T* gradient = gradient;
        private readonly T* result = result;

        public void Run<TLane>(int start, int end)
            where TLane : struct, ILane<TLane, T>
        {
            for (int first = start; first < end; first += DerivativesAtOnce)
            {
                int length = Math.Min(DerivativesAtOnce, end - first);
                Span<T> to = new(result + first, length);
                operation.Derivative(new(input + first, length), new ReadOnlySpan<T>(output + first, length), to);
                for (int index = 0; index < length; index++) to[index] *= gradient[first + index];
            }
        }
    }
}
