using System.Numerics;
using System.Text.Json;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Optimizers;

/// <summary>Adafactor and NovoGrad against the trajectories of Hugging Face's, torch's and timm's.</summary>
public class GoldenFactoredTests
{
    public static TheoryData<string> HuggingFace => ModernGolden.CasesOf("adafactor_hf");

    public static TheoryData<string> Torch => ModernGolden.CasesOf("adafactor_torch");

    public static TheoryData<string> Timm => ModernGolden.CasesOf("novograd");

    [Theory]
    [MemberData(nameof(HuggingFace))]
    public void Adafactor_is_Hugging_Faces(string id)
    {
        CheckHuggingFace<double>(id);
        CheckHuggingFace<float>(id);
    }

    [Theory]
    [MemberData(nameof(Torch))]
    public void Adafactor_is_torchs(string id)
    {
        CheckTorch<double>(id);
        CheckTorch<float>(id);
    }

    [Theory]
    [MemberData(nameof(Timm))]
    public void NovoGrad_is_timms(string id)
    {
        CheckTimm<double>(id);
        CheckTimm<float>(id);
    }

    private static void CheckHuggingFace<T>(string id)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        JsonElement golden = ModernGolden.Case<T>("adafactor_hf", id), options = golden.GetProperty("kwargs");
        bool relative = !options.TryGetProperty("relative_step", out JsonElement given) || given.GetBoolean();
        bool scaled = !options.TryGetProperty("scale_parameter", out given) || given.GetBoolean();
        Schedule rate = options.Flag("warmup_init") ? Schedule.InverseSquareRoot(0.01, 10_000) : options.Option("lr", 0.01);
        (_, OptimizerState<T> state) = ModernGolden.Check<T>(golden, Adafactor.Of(
            rate, relativeStep: relative, scaleByParameters: scaled, beta1: options.Option("beta1", 0),
            weightDecay: options.Option("weight_decay", 0)));
        CompareSlots(golden, state, ("exp_avg_sq_row", "row"), ("exp_avg_sq_col", "column"), ("exp_avg_sq", "v"), ("exp_avg", "m"));
    }

    private static void CheckTorch<T>(string id)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        JsonElement golden = ModernGolden.Case<T>("adafactor_torch", id), options = golden.GetProperty("kwargs");
        (_, OptimizerState<T> state) = ModernGolden.Check<T>(golden, Adafactor.Of(
            options.Option("lr", 0.01), AdafactorForm.Torch, weightDecay: options.Option("weight_decay", 0)));
        CompareSlots(golden, state, ("row_var", "row"), ("col_var", "column"), ("variance", "v"));
    }

    private static void CheckTimm<T>(string id)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        JsonElement golden = ModernGolden.Case<T>("novograd", id), options = golden.GetProperty("kwargs");
        double[] betas = options.TryGetProperty("betas", out JsonElement given) ? given.Numbers() : [0.95, 0.98];
        (_, OptimizerState<T> state) = ModernGolden.Check<T>(golden, NovoGrad.Of(
            options.Option("lr", 0.001), betas[0], betas[1], weightDecay: options.Option("weight_decay", 0),
            gradientAveraging: options.Flag("grad_averaging")));
        CompareSlots(golden, state, ("exp_avg_sq", "v"), ("exp_avg", "momentum"));
    }

    /// <summary>Each slot has the leaves that the source keeps, with its numbers to a few roundings.</summary>
    private static void CompareSlots<T>(JsonElement golden, OptimizerState<T> state, params (string Source, string Slot)[] names)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double rounding = double.CreateTruncating(T.BitIncrement(T.One) - T.One);
        foreach ((string source, string slot) in names)
        {
            JsonProperty[] kept = [.. golden.GetProperty("final_state").EnumerateObject().Where(leaf => leaf.Value.TryGetProperty(source, out _))];
            Assert.Equal(kept.Length > 0, state.SlotNames.Contains(slot));
            if (kept.Length == 0) continue;
            Assert.Equal(kept.Select(leaf => leaf.Name), state[slot].Layout.Leaves.Select(leaf => leaf.Name));
            foreach (JsonProperty leaf in kept)
            {
                JsonElement values = leaf.Value.GetProperty(source);
                double[] expected = values.ValueKind == JsonValueKind.Array ? values.Numbers() : [values.Number()];
                double[] actual = Array.ConvertAll(state[slot].AsSpan(leaf.Name).ToArray(), double.CreateTruncating);
                Assert.Equal(expected.Length, actual.Length);
                for (int index = 0; index < expected.Length; index++)
                    Assert.Equal(expected[index], actual[index], 200 * rounding * Math.Max(1, Math.Abs(expected[index])));
            }
        }
    }
}
