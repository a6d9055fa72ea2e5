using System.Text.Json;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Optimizers;

public class GoldenClipTests
{
    /// <summary>torch divides by the norm plus 1e-6; this library's clip is exact.</summary>
    private const double Tolerance = 2e-6;

    [Fact]
    public void Clipping_by_norm_and_by_value_agree_with_torch()
    {
        JsonElement file = GoldenFile.Read("clip.f64.json");
        ParameterTree<double> gradients = Tree(file.GetProperty("grads"));
        int covered = 0;
        foreach (JsonElement golden in file.GetProperty("cases").EnumerateArray())
        {
            if (!golden.TryGetProperty("grads_after", out JsonElement after) || golden.TryGetProperty("zero_grads", out _)
                || golden.TryGetProperty("nonfinite_entry", out _) || golden.TryGetProperty("nonfinite_entries", out _)) continue;
            Optimizer? clip = golden.GetProperty("fn").GetString() == "clip_grad_value_" ? Clip.ByValue(golden.GetProperty("clip_value").GetDouble())
                : golden.GetProperty("norm_type").ToString() == "2" ? Clip.ByGlobalNorm(golden.GetProperty("max_norm").GetDouble())
                : null;
            if (clip is null) continue;
            covered++;
            ParameterTree<double> zeros = gradients.Layout.Zeros<double>();
            (ParameterTree<double> deltas, _) = clip.Update(zeros, gradients, clip.Init(zeros));
            ParameterTree<double> expected = Tree(after);
            foreach (Leaf leaf in gradients.Layout.Leaves)
            {
                for (int index = 0; index < leaf.Length; index++)
                    Assert.Equal(expected.AsSpan(leaf)[index], -deltas.AsSpan(leaf)[index], Tolerance);
            }
        }

        Assert.True(covered >= 9, $"{covered} cases");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_gradient_that_is_not_finite_is_refused_by_leaf_and_nothing_changes(double value)
    {
        ParameterTree<double> parameters = ParameterTree.Of(Leaf.Of("a", [2], [1.0, 2.0]), Leaf.Of("b", [1], [3.0]));
        ParameterTree<double> gradients = ParameterTree.Of(Leaf.Of("a", [2], [1.0, 2.0]), Leaf.Of("b", [1], [value]));
        Optimizer optimizer = Clip.ByGlobalNorm(1).Then(AdamW.Of(0.1));
        OptimizerState<double> state = optimizer.Init(parameters);
        NonFiniteGradientException fault = Assert.Throws<NonFiniteGradientException>(
            () => { optimizer.StepDonating(parameters, gradients, state); });
        Assert.Equal("b", fault.Leaf);
        Assert.Equal(1, fault.Step);
        Assert.Equal(3.0, parameters.AsSpan("b")[0]);
        Assert.Equal(0, state[0].AsSpan("b")[0]);
    }

    private static ParameterTree<double> Tree(JsonElement arrays)
    {
        double[][] data = [.. arrays.EnumerateArray().Select(array => Flatten(array).ToArray())];
        return ParameterTree.Of([.. data.Select((values, index) => Leaf.Of($"leaf{index}", [values.Length], values))]);
    }

    private static IEnumerable<double> Flatten(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().SelectMany(Flatten) : [element.Number()];
}
