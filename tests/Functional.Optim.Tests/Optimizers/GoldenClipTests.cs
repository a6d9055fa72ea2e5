using System.Numerics;
using System.Text.Json;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Optimizers;

public class GoldenClipTests
{
    [Fact]
    public void In_double_clipping_agrees_with_torch() => Check<double>("clip.f64.json", 1e-15);

    [Fact]
    public void In_float_clipping_agrees_with_torch() => Check<float>("clip.f32.json", 5e-7);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_gradient_that_is_not_finite_is_refused_by_leaf_and_nothing_changes(double value)
    {
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("a", [2], [1.0, 2.0]), Leaf.Of("b", [1], [3.0]));
        ParameterTree<double> gradients = ParameterTree.Of(Leaf.Of("a", [2], [1.0, 2.0]), Leaf.Of("b", [1], [value]));
        Optimizer optimizer = Clip.ByGlobalNorm(1).Then(AdamW.Of(0.1));
        OptimizerState<double> state = optimizer.Init(parameters);
        NonFiniteGradientException error = Assert.Throws<NonFiniteGradientException>(
            () => { optimizer.StepDonating(parameters, gradients, state); });
        Assert.Equal("b", error.Leaf);
        Assert.Equal(1, error.Step);
        Assert.Equal(3.0, parameters.AsSpan("b")[0]);
        Assert.Equal(0, state[0].AsSpan("b")[0]);
    }

    /// <summary>Every case of values and of the three norms; a norm of the power ½ is none, and left out.</summary>
    private static void Check<T>(string name, double precision)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        JsonElement file = GoldenFile.Read(name);
        int covered = 0;
        foreach (JsonElement golden in file.GetProperty("cases").EnumerateArray())
        {
            bool byValue = golden.GetProperty("fn").GetString() == "clip_grad_value_";
            if (!byValue && golden.GetProperty("norm_type").ToString() == "0.5") continue;
            NormKind kind = byValue ? NormKind.L2 : golden.GetProperty("norm_type").ToString() switch
            {
                "1" => NormKind.L1,
                "2" => NormKind.L2,
                "inf" => NormKind.Infinity,
                string unknown => throw new InvalidDataException(unknown),
            };
            covered++;
            ParameterTree<T> gradients = Gradients<T>(file, golden);
            Optimizer clip = byValue
                ? Clip.ByValue(golden.GetProperty("clip_value").GetDouble())
                : Clip.ByGlobalNorm(golden.GetProperty("max_norm").GetDouble(), kind);
            double norm =
                byValue ? 1 : golden.TryGetProperty("total_norm", out JsonElement total) ? total.Number() : double.NaN;
            if (!double.IsFinite(norm))
            {
                // torch spoils the whole gradient, or raises where it is asked to; this library always refuses it.
                Action refused = () => clip.Update(gradients, gradients, clip.Init(gradients));
                Assert.Equal("leaf1", Assert.Throws<NonFiniteGradientException>(refused).Leaf);
                continue;
            }

            (ParameterTree<T> deltas, _) = clip.Update(gradients, gradients, clip.Init(gradients));
            if (gradients.Layout.ParameterCount == 0) continue;
            ParameterTree<T> expected = Tree<T>(golden.GetProperty("grads_after"));

            // torch divides by the norm plus 1e-6; this library's clip is exact.
            double exact = golden.TryGetProperty("coef", out JsonElement factor) && factor.GetDouble() < 1
                ? (norm + 1e-6) / norm
                : 1;
            for (int index = 0; index < expected.AsSpan().Length; index++)
            {
                double wanted = double.CreateTruncating(expected.AsSpan()[index]) * exact;
                double allowed = byValue ? 0 : precision * Math.Max(1, Math.Abs(wanted));
                Assert.Equal(wanted, -double.CreateTruncating(deltas.AsSpan()[index]), allowed);
            }
        }

        Assert.Equal(26, covered);
    }

    private static ParameterTree<T> Gradients<T>(JsonElement file, JsonElement golden)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (golden.TryGetProperty("no_grads", out _)) return ParameterTree.Of<T>();
        T[][] data = Arrays<T>(file.GetProperty("grads"));
        if (golden.TryGetProperty("zero_grads", out _)) data = [.. data.Select(array => new T[array.Length])];
        JsonElement[] entries = golden.TryGetProperty("nonfinite_entry", out JsonElement one) ? [one]
            : golden.TryGetProperty("nonfinite_entries", out JsonElement several) ? [.. several.EnumerateArray()]
            : [];
        foreach (JsonElement entry in entries)
            data[entry[0].GetInt32()][entry[1].GetInt32()] = T.CreateTruncating(entry[2].Number());
        return Tree(data);
    }

    private static ParameterTree<T> Tree<T>(JsonElement arrays)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Tree(Arrays<T>(arrays));

    private static ParameterTree<T> Tree<T>(T[][] data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ParameterTree.Of([.. data.Select((values, index) => Leaf.Of($"leaf{index}", [values.Length], values))]);

    private static T[][] Arrays<T>(JsonElement arrays)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        [.. arrays.EnumerateArray().Select(array => Flatten(array).Select(T.CreateTruncating).ToArray())];

    private static IEnumerable<double> Flatten(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().SelectMany(Flatten) : [element.Number()];
}
