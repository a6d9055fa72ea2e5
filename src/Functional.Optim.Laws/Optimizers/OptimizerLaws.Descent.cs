using System.Globalization;
using System.Numerics;

namespace Functional.Optim.Laws;

public static partial class OptimizerLaws
{
    /// <summary>How many steps the law makes with one gradient.</summary>
    private const int DescentSteps = 6;

    /// <summary>
    /// Parameters that start at 0 and have the same gradient at every step go down it: Σ g·θ of a leaf is never above
    /// 0. They go up where a <see cref="Scale"/> with a negative factor turns the update, as <c>maximize</c> does.
    /// </summary>
    /// <param name="optimizer">The optimizer.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Descent(Optimizer optimizer) =>
        Holds(optimizer, Descent<float>, Descent<double>, Problem.Ordinary());

    private static void Descent<T>(Optimizer optimizer, Problem problem)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> gradients = problem.Gradients<T>(1), parameters = gradients.Layout.Zeros<T>();
        OptimizerState<T> state = optimizer.Init(parameters);
        for (int step = 1; step <= DescentSteps; step++)
        {
            (parameters, state) = optimizer.Step(parameters, gradients, state);
            foreach (Leaf leaf in parameters.Layout.Leaves)
            {
                (double sum, double size) = Products(parameters.AsSpan(leaf), gradients.AsSpan(leaf));
                double direction = optimizer.DirectionOf(leaf);
                if (!(direction * sum > Math.Sqrt(RoundingOf<T>()) * size)) continue;
                throw new BrokenClaimException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"after step {step} with one gradient from 0 on, Σ g·θ of {leaf.Name} is {sum:R}; "
                    + $"allowed is {(direction > 0 ? "0 or less" : "0 or more")}"));
            }
        }

        // Where there is no gradient the parameter may be infinite.
        static (double Sum, double Size) Products(ReadOnlySpan<T> theta, ReadOnlySpan<T> gradient)
        {
            double sum = 0, size = 0;
            for (int index = 0; index < theta.Length; index++)
            {
                double g = double.CreateTruncating(gradient[index]);
                double product = g == 0 ? 0 : g * double.CreateTruncating(theta[index]);
                sum += product;
                size += Math.Abs(product);
            }

            return (sum, size);
        }
    }

    private static string? ExemptionFromDescent(Optimizer optimizer)
    {
        ParameterTree<float> zeros = Problem.Sample.Parameters<float>().Layout.Zeros<float>(), parameters = zeros;
        OptimizerState<float> state = optimizer.Init(zeros);
        for (int step = 1; step <= DescentSteps; step++) (parameters, state) = optimizer.Step(parameters, zeros, state);
        return parameters.AsSpan().ContainsAnyExcept(0f, -0f) ? "it moves without a gradient" : null;
    }
}
