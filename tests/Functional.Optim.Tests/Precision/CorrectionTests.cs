using Functional.Optim.Kernels;
using static Functional.Optim.Tests.Precision.Exact;

namespace Functional.Optim.Tests.Precision;

/// <summary>The factors that a step computes once in double, beside exact ones: decay rates near 1 cost no digits.</summary>
public class CorrectionTests
{
    private static readonly int[] Steps = [1, 2, 5, 6, 10, 200, 3000];

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(0.9)]
    [InlineData(0.999)]
    [InlineData(0.99999)]
    [InlineData(0.9999999)]
    public void Bias_corrections_and_rectifications_are_right_to_the_last_digits(double beta)
    {
        foreach (int step in Steps)
        {
            decimal power = Power(Of(beta), step), limit = (2 / (1 - Of(beta))) - 1,
                length = limit - (2 * step * power / (1 - power));
            AssertNear(1 - power, BiasCorrection.Factor(beta, step));
            AssertNear(length, Rectification.Length(beta, step));
            if (length > 5)
                AssertNear(
                    (length - 4) * (length - 2) * limit / ((limit - 4) * (limit - 2) * length),
                    Rectification.SquaredFactor(beta, step));
        }
    }

    /// <summary>The product is a closed form, not a loop over as many factors as there were steps.</summary>
    [Theory]
    [InlineData(0.0, 0.004)]
    [InlineData(0.9, 0.004)]
    [InlineData(0.9, 0.0)]
    [InlineData(0.99, 3.0)]
    [InlineData(0.999999, 0.004)]
    public void The_momenta_of_nadam_are_those_of_its_product(double beta1, double momentumDecay)
    {
        decimal ratio = Exp(Of(momentumDecay) * Log(Of(0.96))), product = 1;
        decimal Momentum(int step) => Of(beta1) * (1 - (Power(ratio, step) / 2));
        for (int step = 1; step <= Steps[^1]; step++)
        {
            product *= Momentum(step);
            if (!Steps.Contains(step)) continue;

            // Of the gradient 1, with a root of 1 and a mean of 0 before.
            double[] moved = new double[1], m = new double[1], v = new double[1];
            NAdamRule<double> rule = new(beta1, 0, 0, momentumDecay, asTorchBefore2: false, step);
            Elementwise.Run(rule, new double[1], [1.0], moved, new(m, v), new(m, v));
            decimal next = Momentum(step + 1);
            AssertNear(
                ((1 - Momentum(step)) / (1 - product)) + (next / (1 - (product * next)) * (1 - Of(beta1))), moved[0]);
        }
    }

    /// <summary>Within twenty roundings of a double.</summary>
    private static void AssertNear(decimal exact, double actual) => Assert.True(
        Math.Abs(Of(actual) - exact) <= 20 * Math.Abs(exact) * Of(Math.ScaleB(1, -53)),
        $"{actual:R} where {exact} is expected");
}
