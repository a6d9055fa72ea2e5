using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using Functional.Optim.Autodiff;

namespace Functional.Optim.Laws;

/// <summary>
/// The laws of differentiable operations, each a method that tries them on inputs of several shapes and draws, and
/// throws a <see cref="LawException"/> that names the operation, the place and both values where they do not hold.
/// </summary>
/// <remarks>
/// The inputs are parameters, intermediate values, values that are used again, and constants in turn. They are the same
/// at each call; with <c>EXPLORE=1</c> in the environment each process draws other ones, and the message of what is
/// found has the seed; <c>SEED=a,b</c> starts from it again.
/// </remarks>
public static class OperationLaws
{
    /// <summary>For each input that has more elements than this, so many of them are tried.</summary>
    private const int MaxElements = 48;

    /// <summary>Checks every law.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="inputs">
    /// What to try it with; without it, one input of several shapes (<see cref="InputSpace.OfOne"/>).
    /// </param>
    /// <exception cref="LawException">The first law that does not hold.</exception>
    public static void All(Operation operation, InputSpace? inputs = null)
    {
        Purity(operation, inputs);
        Gradient(operation, inputs);
        Precision(operation, inputs);
    }

    /// <summary>
    /// The gradient is what central differences of the values give, in double: for single elements and along a
    /// direction of all, to 10⁻⁷ of the largest.
    /// </summary>
    /// <inheritdoc cref="All"/>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Gradient(Operation operation, InputSpace? inputs = null)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Gradient(operation.Name, x => operation.Of(x.AsSpan()), inputs ?? InputSpace.OfOne);
    }

    /// <summary>The law <see cref="Gradient(Operation, InputSpace?)"/> for a function of operations.</summary>
    /// <param name="name">The name of the function in the message.</param>
    /// <param name="function">The function; the same inputs must give the same value.</param>
    /// <param name="inputs">What to try it with.</param>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Gradient(string name, OperationFunction<double> function, InputSpace inputs)
    {
        ArgumentNullException.ThrowIfNull(function);
        Holds(name, "in double", inputs, problem => Gradient(function, problem));
    }

    /// <summary>Values and gradients in float are those in double, to 10⁻⁵ of the largest.</summary>
    /// <inheritdoc cref="All"/>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Precision(Operation operation, InputSpace? inputs = null)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Holds(operation.Name, "in float", inputs ?? InputSpace.OfOne, problem =>
        {
            const double Tolerance = 1e-5;
            (double loss, ParameterTree<double> exact) = Differentiate.ValueAndGradient(
                problem.Loss<double>(x => operation.Of(x.AsSpan())), problem.Parameters<double>());
            (double lossInFloat, ParameterTree<float> gradients) = Differentiate.ValueAndGradient(
                problem.Loss<float>(x => operation.Of(x.AsSpan())), problem.Parameters<float>());
            double margin = Tolerance * (1 + LargestOf(exact));
            AssertNear("Σw·y", loss, lossInFloat, margin + (Tolerance * Math.Abs(loss)), "it is in double");
            foreach (Leaf leaf in exact.Layout.Leaves)
            {
                for (int index = 0; index < leaf.Length; index++)
                {
                    AssertNear(
                        Slope(leaf, index), exact.AsSpan(leaf)[index], gradients.AsSpan(leaf)[index], margin,
                        "it is in double");
                }
            }
        });
    }

    /// <summary>
    /// The same inputs give the same bits, whether the gradient is asked for or not, and are not changed.
    /// </summary>
    /// <inheritdoc cref="All"/>
    /// <exception cref="LawException">The law does not hold.</exception>
    public static void Purity(Operation operation, InputSpace? inputs = null)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Holds(operation.Name, "in float", inputs ?? InputSpace.OfOne, Purity<float>);
        Holds(operation.Name, "in double", inputs ?? InputSpace.OfOne, Purity<double>);

        void Purity<T>(OperationProblem problem)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            ParameterTree<T> parameters = problem.Parameters<T>();
            LossFunction<T> loss = problem.Loss<T>(x => operation.Of(x.AsSpan()));
            (double first, ParameterTree<T> gradients) = Differentiate.ValueAndGradient(loss, parameters);
            (double second, ParameterTree<T> again) = Differentiate.ValueAndGradient(loss, parameters);
            Claim.Same<double>("a second call", "Σw·y", [first], [second]);
            Claim.Same<double>("a call without a gradient", "Σw·y", [first], [Differentiate.Value(loss, parameters)]);
            Claim.Same("a second call, the gradients", gradients, again);
            Claim.Same("the inputs afterwards", problem.Parameters<T>(), parameters);
        }
    }

    private static void Gradient(OperationFunction<double> function, OperationProblem problem)
    {
        const double Tolerance = 1e-7;
        LossFunction<double> loss = problem.Loss(function);
        ParameterTree<double> at = problem.Parameters<double>();
        ParameterTree<double> gradients = Differentiate.ValueAndGradient(loss, at).Gradients;
        double margin = Tolerance * (1 + LargestOf(gradients));
        foreach (Leaf leaf in at.Layout.Leaves)
        {
            foreach (int index in problem.Some(leaf.Length, MaxElements))
            {
                int element = leaf.Offset + index;
                double expected = Difference(distance => Differentiate.Value(
                    loss, Map(at, each => at.AsSpan()[each] + (each == element ? distance : 0))));
                AssertNear(Slope(leaf, index), expected, gradients.AsSpan()[element], margin);
            }
        }

        double[] direction = problem.Direction(at.AsSpan().Length);
        double along = 0, length = 0;
        for (int index = 0; index < direction.Length; index++)
        {
            along += direction[index] * gradients.AsSpan()[index];
            length += gradients.AsSpan()[index] * gradients.AsSpan()[index];
        }

        AssertNear(
            "the slope along a direction of all elements",
            Difference(distance => Differentiate.Value(
                loss, Map(at, each => at.AsSpan()[each] + (distance * direction[each])))),
            along, Tolerance * (1 + Math.Sqrt(length)));
    }

    /// <summary>f′(0) by the central differences of two distances, whose error is of the fourth order.</summary>
    private static double Difference(Func<double, double> function)
    {
        const double Step = 1e-4;
        double near = function(Step) - function(-Step), far = function(2 * Step) - function(-2 * Step);
        return ((8 * near) - far) / (12 * Step);
    }

    private static void AssertNear(
        string what, double expected, double actual, double margin, string source = "central differences give") =>
        Claim.That(
            Math.Abs(actual - expected) <= margin,
            string.Create(
                CultureInfo.InvariantCulture, $"{what} is {actual:R} where {source} {expected:R} ± {margin:G2}"));

    /// <summary>The name of a derivative, such as ∂L/∂x0[1, 2].</summary>
    private static string Slope(Leaf leaf, int index)
    {
        int[] at = new int[leaf.Rank];
        for (int dimension = leaf.Rank - 1; dimension >= 0; dimension--)
            (index, at[dimension]) = Math.DivRem(index, leaf.Shape[dimension]);
        return $"∂L/∂{leaf.Name}[{string.Join(", ", at)}]";
    }

    private static double LargestOf(ParameterTree<double> tree)
    {
        double largest = 0;
        foreach (double value in tree.AsSpan()) largest = Math.Max(largest, Math.Abs(value));
        return largest;
    }

    private static ParameterTree<double> Map(ParameterTree<double> tree, Func<int, double> value) =>
        ParameterTree.Of([.. tree.Layout.Leaves.Select(leaf => Leaf.Of(
            leaf.Name, leaf.Shape.AsSpan(), [.. Enumerable.Range(leaf.Offset, leaf.Length).Select(value)]))]);

    private static void Holds(
        string name, string type, InputSpace inputs, Action<OperationProblem> law,
        [CallerMemberName] string nameOfLaw = "")
    {
        ArgumentNullException.ThrowIfNull(inputs);
        foreach (ImmutableArray<Shape> shapes in inputs.Shapes)
        {
            for (int draw = 0; draw < OperationProblem.Draws; draw++)
                Search.In(new OperationProblem(shapes, inputs, draw), nameOfLaw, name, type, law);
        }
    }
}
