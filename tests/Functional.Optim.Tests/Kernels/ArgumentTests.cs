using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

public unsafe class ArgumentTests
{
    [Theory]
    [InlineData(99)]
    [InlineData(-1)]
    [InlineData(1024)]
    public void An_unknown_width_is_rejected(int width)
    {
        string message = $"The lane width is {width}; allowed is Best, Scalar, Bits128, Bits256, Bits512.";
        Assert.StartsWith(
            message,
            Assert.Throws<ArgumentOutOfRangeException>(
                () => Elementwise.Run(default(ApplyRule<float>), [1f], [1f], new float[1], width: (LaneWidth)width))
                .Message,
            StringComparison.Ordinal);
        float one = 1, product = 0;
        MatrixView<float> factor = new(&one, 1, 1, 1), result = new(&product, 1, 1, 1);
        Assert.StartsWith(
            message,
            Assert.Throws<ArgumentOutOfRangeException>(
                () => MatrixProduct.Multiply(factor, factor, result, width: (LaneWidth)width)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void There_are_four_slots()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => default(SlotSpans<float>)[4].Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => default(ReadOnlySlotSpans<float>)[-1].Length);
    }

    [Fact]
    public void Bounds_are_exact_at_their_ends()
    {
        Within(Bounds.HalfOpenUnitInterval, [0, -0.0, Math.BitDecrement(1.0)], [1, -double.Epsilon]);
        Within(Bounds.UnitInterval, [0, 1], [Math.BitIncrement(1.0), -double.Epsilon]);
        Within(Bounds.AboveZeroToOne, [double.Epsilon, 1], [0, Math.BitIncrement(1.0)]);
        Within(Bounds.NotNegative, [0, double.MaxValue], [-double.Epsilon, double.PositiveInfinity]);
        Within(Bounds.Positive, [double.Epsilon, double.MaxValue], [0, double.PositiveInfinity]);
        Within(Bounds.ZeroOrMore, [0, double.PositiveInfinity], [-double.Epsilon, double.NegativeInfinity]);
        Within(Bounds.Finite, [double.MinValue, double.MaxValue], [double.PositiveInfinity, double.NegativeInfinity]);
        Within(Bounds.AtLeast(4), [4, 5], [3, 4.5]);
        Within(
            Bounds.OpenInterval(1, double.PositiveInfinity),
            [Math.BitIncrement(1.0), double.MaxValue],
            [1, double.PositiveInfinity]);
    }

    private static void Within(Bounds bounds, double[] allowed, double[] refused)
    {
        Assert.All(allowed, number => Assert.Equal(number, bounds.Check(number)));
        Assert.All([.. refused, double.NaN], number => Assert.ThrowsAny<ArgumentException>(() => bounds.Check(number)));
    }
}
