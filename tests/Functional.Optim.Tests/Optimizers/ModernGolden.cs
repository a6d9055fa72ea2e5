using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>
/// Trajectories of published implementations: leaves a [5, 3], b [3, 5], c [4, 4], d [7] and e [], gradients that are
/// closed formulas of the step, the element and θ, and how far θ may be from theirs.
/// </summary>
internal static class ModernGolden
{
    /// <summary>The ids of the cases of an algorithm.</summary>
    internal static string[] IdsOf(string algorithm) =>
        [.. Cases<double>(algorithm).Select(golden => golden.GetProperty("id").GetString()!)];

    /// <inheritdoc cref="IdsOf"/>
    internal static TheoryData<string> CasesOf(string algorithm) => [.. IdsOf(algorithm)];

    /// <summary>The case of an id, in the precision of the elements.</summary>
    internal static JsonElement Case<T>(string algorithm, string id)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Cases<T>(algorithm).Single(golden => golden.GetProperty("id").GetString() == id);

    /// <summary>Steps an optimizer through a case, and compares whatever is stored; returns where it ended.</summary>
    /// <param name="golden">The case.</param>
    /// <param name="optimizer">The optimizer with the settings of the case.</param>
    /// <param name="extras">Further trees of a name that the case stores beside θ.</param>
    /// <param name="scalars">The numbers of a name that the case stores for each step.</param>
    /// <param name="before">The state with what is handed in before a step.</param>
    internal static (ParameterTree<T> Parameters, OptimizerState<T> State) Check<T>(
        JsonElement golden, Optimizer optimizer,
        Func<string, ParameterTree<T>, OptimizerState<T>, ParameterTree<T>>? extras = null,
        Func<string, OptimizerState<T>, double>? scalars = null,
        Func<int, OptimizerState<T>, OptimizerState<T>>? before = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> parameters = Start<T>(golden);
        OptimizerState<T> state = optimizer.Init(parameters);
        double[] gradientSums = golden.GetProperty("grad_sum").Numbers(),
            gradientSizes = golden.GetProperty("grad_abs").Numbers();
        int steps = golden.GetProperty("steps").GetInt32(), compared = 0;
        double widest = golden.GetProperty("tolerance").EnumerateObject().Max(tolerance => tolerance.Value.GetDouble());
        for (int step = 1; step <= steps; step++)
        {
            ParameterTree<T> gradients = Gradients(golden, parameters, step);
            // A gradient that is not theirs tells that the parameters were not after the step before.
            double room = gradients.Layout.ParameterCount * widest
                * Math.Max(1, gradientSizes[step - 1] / gradients.Layout.ParameterCount);
            AssertNear(gradientSums[step - 1], Values(gradients).Sum(), room, $"Σg of step {step}");
            if (before is not null) state = before(step, state);
            (parameters, state) = optimizer.Step(parameters, gradients, state);
            string key = step.ToString(CultureInfo.InvariantCulture);
            if (scalars is not null)
            {
                foreach (JsonProperty scalar in golden.GetProperty("scalars").EnumerateObject())
                {
                    double expected = scalar.Value[step - 1].Number(),
                        precision = typeof(T) == typeof(double) ? 1e-12 : 1e-4;
                    AssertNear(
                        expected, scalars(scalar.Name, state), precision * Math.Abs(expected),
                        $"{scalar.Name} of step {step}");
                }
            }

            if (!golden.GetProperty("thetas").TryGetProperty(key, out JsonElement thetas)) continue;
            compared++;
            double tolerance = golden.GetProperty("tolerance").GetProperty(key).GetDouble();
            AssertNear(thetas, parameters, tolerance, $"θ of step {step}");
            if (extras is null) continue;
            foreach (JsonProperty extra in golden.GetProperty("extras").EnumerateObject())
            {
                if (extra.Value.TryGetProperty(key, out JsonElement values))
                    AssertNear(
                        values, extras(extra.Name, parameters, state), tolerance, $"{extra.Name} of step {step}");
            }
        }

        Assert.Equal((50, 7), (steps, compared));
        return (parameters, state);
    }

    /// <summary>Where a case starts.</summary>
    internal static ParameterTree<T> Start<T>(JsonElement golden)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] theta = golden.GetProperty("theta0").Numbers();
        int first = 0;
        return Map<T>(golden, (_, _, _) => T.CreateTruncating(theta[first++]));
    }

    /// <summary>A state with the numbers that a case gives for the leaves of a slot.</summary>
    internal static OptimizerState<T> WithSlot<T>(OptimizerState<T> state, string slot, JsonElement given)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ParameterTree<T> tree = ParameterTree.Of(
        [
            .. state[slot].Layout.Leaves.Select(leaf => Leaf.Of(
                leaf.Name, leaf.Shape.AsSpan(),
                Array.ConvertAll(given.GetProperty(leaf.Name).Flat(), T.CreateTruncating))),
        ]);
        return state.With(state.SlotNames.IndexOf(slot), tree);
    }

    /// <summary>The gradient of a step where the parameters stand: what does not depend on θ is rounded once.</summary>
    internal static ParameterTree<T> Gradients<T>(JsonElement golden, ParameterTree<T> parameters, int step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        string problem = golden.GetProperty("problem").GetString()!;
        double seed = golden.GetProperty("seed").GetDouble();
        return Map<T>(golden, (name, leaf, k) =>
        {
            T theta = parameters.AsSpan(name)[k], slope = T.CreateTruncating(0.05) * theta;
            double wave = Math.Sin((0.7 * step) + (0.3 * k) + (0.9 * leaf) + (0.53 * seed)) * (1 + (0.1 * k));
            T constant = T.CreateTruncating(wave);
            return problem switch
            {
                "linear" => constant + slope,
                "well" => constant + slope - T.Sin(T.CreateTruncating(2) * theta),
                "rich" =>
                    T.CreateTruncating(wave + (0.8 * Math.Sin((1.3 * (k + 1) * step) + leaf + (0.53 * seed)))) + slope,
                "bowl" => (T.CreateTruncating(0.5 + (0.1 * (k % 4)))
                    * (theta - T.CreateTruncating(1 + (2 * Math.Sin((0.9 * k) + leaf + (0.2 * seed))))))
                    + T.CreateTruncating(0.1 * wave),
                _ => throw new ArgumentException($"There is no problem {problem}."),
            };
        });
    }

    private static JsonElement[] Cases<T>(string algorithm)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [
            .. GoldenFile.Read($"modern_{algorithm}.{(typeof(T) == typeof(double) ? "f64" : "f32")}.json")
                .GetProperty("cases").EnumerateArray(),
        ];

    /// <summary>
    /// A tree of the case's leaves, each element from the name and the number of its leaf and its place in it.
    /// </summary>
    internal static ParameterTree<T> Map<T>(JsonElement golden, Func<string, int, int, T> element)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => ParameterTree.Of(
        [
            .. golden.GetProperty("leaves").EnumerateArray().Select(leaf =>
            {
                string name = leaf[0].GetString()!;
                int[] shape = [.. leaf[1].EnumerateArray().Select(size => size.GetInt32())];
                T[] values = [.. Enumerable.Range(0, shape.Aggregate(1, (product, size) => product * size)).Select(
                    k => element(name, name[0] - 'a', k))];
                return Leaf.Of(name, shape, values);
            }),
        ]);

    private static double[] Values<T>(ParameterTree<T> tree)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [.. tree.Layout.Leaves.SelectMany(leaf => tree.AsSpan(leaf.Name).ToArray()).Select(double.CreateTruncating)];

    internal static void AssertNear<T>(JsonElement expected, ParameterTree<T> actual, double tolerance, string what)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] wanted = expected.Numbers(), found = Values(actual);
        Assert.Equal(wanted.Length, found.Length);
        for (int index = 0; index < wanted.Length; index++)
            AssertNear(wanted[index], found[index], tolerance, $"{what}, element {index}");
    }

    private static void AssertNear(double expected, double actual, double tolerance, string what) => Assert.True(
        Math.Abs(actual - expected) <= tolerance,
        $"{what}: {actual:R}, golden {expected:R}, {Math.Abs(actual - expected) / tolerance:g3} tolerances apart");
}
