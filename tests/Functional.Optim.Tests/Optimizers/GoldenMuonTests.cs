using System.Numerics;
using System.Text.Json;
using Functional.Optim.Kernels;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>Muon as Jordan, torch and modded-nanogpt (Polar Express) have it, without their rounding to bfloat16.</summary>
public class GoldenMuonTests
{
    public static TheoryData<string> Ids => ModernGolden.CasesOf("muon");

    [Theory]
    [MemberData(nameof(Ids))]
    public void In_double_every_trajectory_is_theirs(string id) => Check<double>(id, 1e-13);

    [Theory]
    [MemberData(nameof(Ids))]
    public void In_float_every_trajectory_is_theirs(string id) => Check<float>(id, 1e-5);

    [Fact]
    public void In_double_every_iteration_is_theirs() => CheckIterations<double>("f64", 2e-14);

    [Fact]
    public void In_float_every_iteration_is_theirs() => CheckIterations<float>("f32", 1e-5);

    private static void Check<T>(string id, double precision)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        JsonElement golden = ModernGolden.Case<T>("muon", id);
        (_, OptimizerState<T> state) = ModernGolden.Check<T>(golden, Build(golden.GetProperty("source").GetInt32(), golden.GetProperty("kwargs")));
        int leaves = 0;
        foreach (JsonProperty leaf in golden.GetProperty("final_state").EnumerateObject())
        {
            double[] expected = leaf.Value.GetProperty("momentum_buffer").Numbers();
            T[] actual = MuonState<T>.From(state).Momentum.AsSpan(leaf.Name).ToArray();
            Assert.Equal(expected, Array.ConvertAll(actual, double.CreateTruncating), (left, right) => Math.Abs(left - right) <= precision);
            leaves++;
        }

        Assert.Equal(3, leaves);
    }

    private static Muon Build(int source, JsonElement options)
    {
        bool isTorchs = source == 1;
        NewtonSchulzVariant variant = source switch
        {
            0 => NewtonSchulzVariant.Jordan, 1 => NewtonSchulzVariant.Torch, _ => NewtonSchulzVariant.PolarExpress,
        };
        MatrixScale scale = options.TryGetProperty("adjust_lr_fn", out JsonElement adjusted) && adjusted.GetString() == "match_rms_adamw"
            ? MatrixScale.MatchRms
            : MatrixScale.Original;
        Muon muon = Muon.Of(
            options.Option("lr", isTorchs ? 0.001 : 0.02), options.Option("momentum", 0.95), !options.TryGetProperty("nesterov", out _) || options.Flag("nesterov"),
            variant, (int)options.Option("ns_steps", 5), scale, options.Option("weight_decay", isTorchs ? 0.1 : 0));
        return options.TryGetProperty("ns_coefficients", out JsonElement given) && given.Numbers() is [double a, double b, double c]
            ? muon with { Orthogonalization = muon.Orthogonalization with { Polynomials = [new Quintic(a, b, c)] } }
            : muon;
    }

    private static void CheckIterations<T>(string type, double precision)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        JsonElement[] all = [.. GoldenFile.Read($"modern_muon.{type}.json").GetProperty("newton_schulz").EnumerateArray()];
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
            double[] expected = golden.GetProperty("output").Numbers(), values = golden.GetProperty("singular_values").Numbers();
            ParameterTree<T> gradients = ParameterTree.Of(Leaf.Of("w", shape, input)), zeros = gradients.Layout.Zeros<T>();
            double[] actual = Array.ConvertAll(part.Step(zeros, gradients, part.Init(zeros)).Parameters.AsSpan("w").ToArray(), value => -double.CreateTruncating(value));
            Assert.Equal(expected, actual, (left, right) => Math.Abs(left - right) <= precision);
            Assert.Equal(values, new Matrices.DenseMatrix(shape[0], shape[1], actual).SingularValues(), (left, right) => Math.Abs(left - right) <= precision);
        }
    }
}
