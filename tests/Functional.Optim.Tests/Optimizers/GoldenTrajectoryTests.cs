using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Functional.Optim.Tests.Cases;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Optimizers;

public class GoldenTrajectoryTests
{
    /// <summary>The distances of 1 to the next numbers.</summary>
    private static readonly double DoubleRounding = Math.Pow(2, -52), FloatRounding = Math.Pow(2, -23);

    private static readonly TorchGolden[] All =
        [.. Laws.Catalogue.Cases.Select(one => one.Torch).OfType<TorchGolden>()];

    public static TheoryData<string> Names => [.. All.Select(golden => golden.File)];

    /// <summary>Those whose numbers torch keeps in float32, though the parameters are float64.</summary>
    public static TheoryData<string> NamesWithFloats =>
        [.. All.Where(golden => golden.EffectOfFloat is not null).Select(golden => golden.File)];

    [Theory]
    [MemberData(nameof(Names))]
    public void In_double_every_trajectory_is_torchs(string name)
    {
        string variant = Get(name).EffectOfFloat is null ? "" : "_purefloat64";
        Check<double>(Get(name), $"optim_{name}{variant}.f64.json", 10 * DoubleRounding);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void In_float_every_trajectory_is_torchs(string name) =>
        Check<float>(Get(name), $"optim_{name}.f32.json", 10 * FloatRounding);

    [Theory]
    [MemberData(nameof(NamesWithFloats))]
    public void In_double_what_torch_keeps_in_float_is_near(string name) =>
        Check<double>(Get(name), $"optim_{name}.f64.json", Get(name).EffectOfFloat!.Value, FloatRounding);

    private static TorchGolden Get(string name) => All.Single(golden => golden.File == name);

    private static void Check<T>(
        TorchGolden source, string fileName, double precision, double? precisionOfNumbers = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        JsonElement file = GoldenFile.Read(fileName), cases = file.GetProperty("cases");
        Assert.True(cases.GetArrayLength() >= 2);
        foreach (JsonElement golden in cases.EnumerateArray())
        {
            string id = golden.GetProperty("id").GetString()!;
            Optimizer optimizer = source.Build(golden.GetProperty("kwargs"));
            ParameterTree<T> parameters = Tree<T>(file.GetProperty("theta0"));
            OptimizerState<T> state = optimizer.Init(parameters);
            int checkedSteps = 0;
            foreach (JsonElement gradient in golden.GetProperty("grads").EnumerateArray())
            {
                (parameters, state) = optimizer.Step(parameters, Tree<T>(gradient), state);
                string step = state.Step.ToString(CultureInfo.InvariantCulture);
                if (!golden.GetProperty("thetas").TryGetProperty(step, out JsonElement thetas)) continue;
                checkedSteps++;
                double amplification = golden.TryGetProperty("amplification", out JsonElement growth)
                    ? growth.GetProperty(step).GetDouble()
                    : 1;
                double repeated = state.Step * source.ExtraRounding / 10;
                double relative = precision * (1 + repeated) * Math.Max(1, amplification);
                AssertNear(thetas, parameters, relative, atLeast: 1, $"{id} step {step}");
            }

            Assert.Equal((50, 7), (state.Step, checkedSteps));
            foreach (JsonProperty part in golden.GetProperty("final_state").EnumerateObject())
            {
                if (part.Value.ValueKind == JsonValueKind.Array)
                {
                    ParameterTree<T> slot = state[SlotOf(source, part.Name)];
                    AssertNear(part.Value, slot, precision, atLeast: 0, $"{id} {part.Name}");
                }
                else if (part.Value.ValueKind == JsonValueKind.Null)
                    Assert.Equal(0, state.SlotCount);
                else if (NumberOf(source, part.Name, optimizer, state.Step) is double actual)
                    Assert.Equal(1, actual / part.Value.GetDouble(), precisionOfNumbers ?? precision);
            }
        }
    }

    private static string SlotOf(TorchGolden source, string name) =>
        source.Slots.Single(slot => slot.Source == name).Slot;

    private static double? NumberOf(TorchGolden source, string name, Optimizer optimizer, long step) =>
        name == "step" ? step : source.Numbers.Single(number => number.Source == name).Number(optimizer, step);

    private static void AssertNear<T>(
        JsonElement golden, ParameterTree<T> tree, double precision, double atLeast, string where)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double[] expected = golden.Numbers();
        double tolerance = precision * Math.Max(atLeast, expected.Max(Math.Abs));
        for (int index = 0; index < expected.Length; index++)
        {
            double actual = double.CreateTruncating(tree.AsSpan("theta")[index]);
            Assert.True(
                Math.Abs(actual - expected[index]) <= tolerance,
                $"{where} element {index}: {actual:R}, golden {expected[index]:R}");
        }
    }

    private static ParameterTree<T> Tree<T>(JsonElement values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        ParameterTree.Of(Leaf.Of("theta", [37], Array.ConvertAll(values.Numbers(), T.CreateTruncating)));
}
