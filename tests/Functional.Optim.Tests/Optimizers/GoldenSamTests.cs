using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Optimizers;

public class GoldenSamTests
{
    public static TheoryData<string> Cases => ModernGolden.CasesOf("sam");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_trajectory_is_that_of_the_published_code_in_double(string id) => Check<double>(id);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_trajectory_is_that_of_the_published_code_in_float(string id) => Check<float>(id);

    private static void Check<T>(string id)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        JsonElement golden = ModernGolden.Case<T>("sam", id), options = golden.GetProperty("kwargs");
        double rate = options.GetProperty("lr").GetDouble();
        Optimizer inner = options.GetProperty("base").GetString() == "adam"
            ? Adam.Of(rate)
            : Sgd.Of(rate, options.Option("momentum", 0));
        // SamsungLabs' code scales weights, which are the leaves of more than one element in a row and column.
        Sam sam = golden.GetProperty("source").GetInt32() == 0
            ? Sam.Around(inner, options.Option("rho", 0.05), options.Flag("adaptive"))
            : Asam.Around(inner, options.Option("rho", 0.5), options.Option("eta", 0.01));
        ParameterTree<T> parameters = ModernGolden.Start<T>(golden);
        OptimizerState<T> state = sam.Init(parameters);
        int compared = 0;
        for (int step = 1; step <= 50; step++)
        {
            int calls = 0;
            double loss = step;
            (parameters, state, double found) = sam.Step(
                at =>
                {
                    calls++;
                    return (calls == 1 ? loss : double.NaN, ModernGolden.Gradients(golden, at, step));
                },
                parameters, state);
            Assert.Equal((2, loss), (calls, found));
            string key = step.ToString(CultureInfo.InvariantCulture);
            if (!golden.GetProperty("thetas").TryGetProperty(key, out JsonElement stored)) continue;
            compared++;
            ModernGolden.AssertNear(
                stored, parameters, golden.GetProperty("tolerance").GetProperty(key).GetDouble(), $"θ of step {step}");
        }

        Assert.Equal((7, 50), (compared, state.Step));
    }
}
