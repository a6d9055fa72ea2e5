using Functional.Optim.Kernels;

namespace Functional.Optim.Tests.Kernels;

public class NewtonSchulzTests
{
    private static readonly Quintic[] Polynomials = [new(1.875, -1.25, 0.375), new(2, -1.5, 0.5)];

    /// <summary>A diagonal matrix stays diagonal, and each number on it goes through the polynomials.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void A_number_on_the_diagonal_goes_through_the_polynomials_and_the_last_one_repeats(int steps)
    {
        double[] start = [0.1, 0, 0, 0, 0, 0.9, 0, 0, 0, 0, -0.5, 0], matrix = [.. start], scratch = new double[30];
        NewtonSchulz.Run<double>(matrix, 3, 4, Polynomials, steps, scratch);
        for (int index = 0; index < start.Length; index++)
        {
            double expected = Enumerable.Range(0, steps).Aggregate(
                start[index], (value, step) => Polynomials[Math.Min(step, 1)].At(value));
            Assert.Equal(expected, matrix[index], 1e-14);
        }
    }

    [Fact]
    public void Every_width_gives_the_same_bits()
    {
        float[] start = [.. Enumerable.Range(0, 37 * 23).Select(index => MathF.Sin(index) / 20)];
        float[] scalar = LaneWidths.With(LaneWidth.Scalar, Run);
        foreach (LaneWidth width in (LaneWidth[])[LaneWidth.Bits128, LaneWidth.Bits256, LaneWidth.Bits512])
            Assert.Equal(scalar, LaneWidths.With(width, Run));

        float[] Run()
        {
            float[] matrix = [.. start];
            NewtonSchulz.Run<float>(matrix, 37, 23, Polynomials, 4, new float[(int)NewtonSchulz.ScratchLength(37, 23)]);
            return matrix;
        }
    }

    [Fact]
    public void Wrong_arguments_are_rejected_by_name()
    {
        double[] matrix = new double[6], scratch = new double[14];
        Assert.Equal(14, NewtonSchulz.ScratchLength(2, 3));
        AssertSays(
            "matrix has length 6; 2×2 elements are 4.",
            () => NewtonSchulz.Run<double>(matrix, 2, 2, Polynomials, 1, scratch));
        AssertSays(
            "scratch has length 13; for 2×3 it has 14 or more.",
            () => NewtonSchulz.Run(matrix, 2, 3, Polynomials, 1, scratch.AsSpan(1)));
        AssertSays(
            "There are no polynomials; allowed are one or more.",
            () => NewtonSchulz.Run<double>(matrix, 2, 3, [], 1, scratch));
        double[] both = new double[30];
        AssertSays(
            "scratch overlaps matrix",
            () => NewtonSchulz.Run(both.AsSpan(0, 6), 2, 3, Polynomials, 1, both.AsSpan(5, 14)));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => NewtonSchulz.Run<double>(matrix, 2, 3, Polynomials, -1, scratch));
        Assert.Throws<ArgumentOutOfRangeException>(() => NewtonSchulz.ScratchLength(-1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => NewtonSchulz.ScratchLength(1, -3));
        Assert.Throws<NotSupportedException>(
            () => NewtonSchulz.Run<Half>([Half.One], 1, 1, Polynomials, 1, new Half[3]));
        NewtonSchulz.Run<double>([], 0, 3, Polynomials, 1, []);
        Assert.Equal(new double[6], matrix);
    }

    private static void AssertSays(string message, Action run) =>
        Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(run).Message, StringComparison.Ordinal);
}
