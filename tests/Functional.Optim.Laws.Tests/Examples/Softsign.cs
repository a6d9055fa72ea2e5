using Functional.Optim.Autodiff;

namespace Functional.Optim.Laws.Tests;

/// <summary>An elementwise operation: y = x / (1 + |x|), with the derivative (1 − |y|)².</summary>
public sealed record Softsign : ElementwiseOperation
{
    protected override void Value<T>(ReadOnlySpan<T> input, Span<T> output)
    {
        for (int index = 0; index < input.Length; index++)
            output[index] = input[index] / (T.One + T.Abs(input[index]));
    }

    protected override void Derivative<T>(ReadOnlySpan<T> input, ReadOnlySpan<T> output, Span<T> derivative)
    {
        for (int index = 0; index < input.Length; index++)
            derivative[index] = (T.One - T.Abs(output[index])) * (T.One - T.Abs(output[index]));
    }
}
