using System.Numerics;
using System.Text.Json;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>
/// The iterations of Muon as Jordan, torch, modded-nanogpt (Polar Express) and Dion have them, without their rounding
/// to bfloat16.
/// </summary>
public class GoldenMuonTests
{
    [Fact]
    public void In_double_every_iteration_is_theirs() => CheckIterations<double>("f64", 2e-14);

    [Fact]
    public void In_float_every_iteration_is_theirs() => CheckIterations<float>("f32", 1e-5);

    private static void CheckIterations<T>(string type, double precision)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        JsonElement[] all =
            [.. GoldenFile.Read($"modern_muon.{type}.json").GetProperty("newton_schulz").EnumerateArray()];
        Assert.Equal(16, all.Length);
        foreach (JsonElement golden in all)
        {
            string kind = golden.GetProperty("kind").GetString()!;
            Orthogonalize part = Orthogonalize.Of(kind switch
            {
                "kj" => NewtonSchulzVariant.Jordan,
                "torch" => NewtonSchulzVariant.Torch,
                "polar" => NewtonSchulzVariant.PolarExpress,
                _ => NewtonSchulzVariant.Dion,
            });
            int[] shape = Array.ConvertAll(golden.GetProperty("shape").Numbers(), size => (int)size);
            T[] input = Array.ConvertAll(golden.GetProperty("input").Numbers(), T.CreateTruncating);
            double[] expected = golden.GetProperty("output").Numbers(),
                values = golden.GetProperty("singular_values").Numbers();
            ParameterTree<T> gradients = ParameterTree.Of(Leaf.Of("w", shape, input)),
                zeros = gradients.Layout.Zeros<T>();
            double[] actual = Array.ConvertAll(
                part.Step(zeros, gradients, part.Init(zeros)).Parameters.AsSpan("w").ToArray(),
                value => -double.CreateTruncating(value));
            Assert.Equal(expected, actual, (left, right) => Math.Abs(left - right) <= precision);
            Assert.Equal(
                values, new Matrices.DenseMatrix(shape[0], shape[1], actual).SingularValues(),
                (left, right) => Math.Abs(left - right) <= precision);
        }
    }
}
