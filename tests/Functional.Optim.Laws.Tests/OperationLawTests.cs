using Functional.Optim.Autodiff;

namespace Functional.Optim.Laws.Tests;

public class OperationLawTests
{
    private static readonly InputSpace OfPairs = new([[2], [2]], [[3, 7], [3, 7]]);

    [Fact]
    public void Right_operations_obey_every_law()
    {
        OperationLaws.All(new Softsign());
        OperationLaws.All(new Dot(1), OfPairs);
        OperationLaws.Gradient(
            "the logarithm", x => x[0].Log(), new([[3]], [[2, 5]]) { Minimum = 0.5, Maximum = 3 });
    }

    [Fact]
    public void A_wrong_derivative_is_found_and_named_with_its_place_and_both_values()
    {
        LawException failure = Assert.Throws<LawException>(() => OperationLaws.All(new Cube(1.0001)));
        Assert.Equal("Gradient", failure.Law);
        Assert.Contains("does not hold for Cube, in double: ∂L/∂x0[] is ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("where central differences give ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("x0 [] = (", failure.Counterexample, StringComparison.Ordinal);
        OperationLaws.All(new Cube(1));
    }

    [Fact]
    public void A_wrong_gradient_of_the_second_input_is_found()
    {
        LawException failure = Assert.Throws<LawException>(() => OperationLaws.All(new Dot(-1), OfPairs));
        Assert.Equal("Gradient", failure.Law);
        Assert.Contains("∂L/∂x1[0]", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_gradient_in_a_function_is_found() => Assert.Contains(
        "x·x without one of its slopes, in double: ∂L/∂x0[0, 0] is ",
        Assert.Throws<LawException>(() => OperationLaws.Gradient(
            "x·x without one of its slopes", x => x[0] * new Detach().Of(x[0]), new([[2, 3]]))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void An_operation_that_remembers_is_found() =>
        Assert.Equal("Purity", Assert.Throws<LawException>(() => OperationLaws.All(new Counting())).Law);

    [Fact]
    public void An_operation_that_is_imprecise_in_float_is_found() =>
        Assert.Equal("Precision", Assert.Throws<LawException>(() => OperationLaws.All(new Cancelling())).Law);

    [Fact]
    public void An_operation_that_throws_is_named() => Assert.Contains(
        "Dot, in float: it threw ArgumentException, Dot takes two equal shapes",
        Assert.Throws<LawException>(() => OperationLaws.All(new Dot(1))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_space_without_numbers_is_refused() => Assert.Contains(
        "no numbers from -1 to 1 that are not nearer to 0 than 2",
        Assert.Throws<ArgumentException>(() => OperationLaws.All(
            new Softsign(), new([[1]]) { Minimum = -1, Maximum = 1, Gap = 2 })).Message,
        StringComparison.Ordinal);

    /// <summary>x³ with the derivative c·3·x².</summary>
    private sealed record Cube(double C) : ElementwiseOperation
    {
        protected override void Value<T>(ReadOnlySpan<T> input, Span<T> output)
        {
            for (int index = 0; index < input.Length; index++)
                output[index] = input[index] * input[index] * input[index];
        }

        protected override void Derivative<T>(ReadOnlySpan<T> input, ReadOnlySpan<T> output, Span<T> derivative)
        {
            for (int index = 0; index < input.Length; index++)
                derivative[index] = T.CreateTruncating(3 * C) * input[index] * input[index];
        }
    }

    /// <summary>x with the derivative 0.</summary>
    private sealed record Detach : ElementwiseOperation
    {
        protected override void Value<T>(ReadOnlySpan<T> input, Span<T> output) => input.CopyTo(output);

        protected override void Derivative<T>(ReadOnlySpan<T> input, ReadOnlySpan<T> output, Span<T> derivative) =>
            derivative.Clear();
    }

    /// <summary>x plus the number of calls.</summary>
    private sealed record Counting : ElementwiseOperation
    {
        private int calls;

        protected override void Value<T>(ReadOnlySpan<T> input, Span<T> output)
        {
            calls++;
            for (int index = 0; index < input.Length; index++) output[index] = input[index] + T.CreateTruncating(calls);
        }

        protected override void Derivative<T>(ReadOnlySpan<T> input, ReadOnlySpan<T> output, Span<T> derivative) =>
            derivative.Fill(T.One);
    }

    /// <summary>x, with most of its digits lost in float.</summary>
    private sealed record Cancelling : ElementwiseOperation
    {
        protected override void Value<T>(ReadOnlySpan<T> input, Span<T> output)
        {
            T offset = T.CreateTruncating(1 << 16);
            for (int index = 0; index < input.Length; index++) output[index] = (input[index] + offset) - offset;
        }

        protected override void Derivative<T>(ReadOnlySpan<T> input, ReadOnlySpan<T> output, Span<T> derivative) =>
            derivative.Fill(T.One);
    }

    /// <summary>Σx·y; the gradient of y is multiplied by c.</summary>
    private sealed record Dot(double C) : Operation
    {
        protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) =>
            inputs.Length == 2 && inputs[0] == inputs[1]
                ? Shape.Scalar
                : throw new ArgumentException($"{Name} takes two equal shapes; {inputs.Length} were given.");

        protected override void Forward<T>(in OperationInputs<T> inputs, Span<T> output)
        {
            T sum = T.Zero;
            for (int index = 0; index < inputs[0].Length; index++) sum += inputs[0][index] * inputs[1][index];
            output[0] = sum;
        }

        protected override void Backward<T>(
            in OperationInputs<T> inputs,
            ReadOnlySpan<T> output,
            ReadOnlySpan<T> gradient,
            in OperationGradients<T> gradients)
        {
            for (int index = 0; index < inputs[0].Length; index++)
            {
                gradients.Of(0)[index] = gradient[0] * inputs[1][index];
                gradients.Of(1)[index] = gradient[0] * inputs[0][index] * T.CreateTruncating(C);
            }
        }
    }
}
