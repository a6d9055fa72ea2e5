using System.Globalization;
using System.Text.Json;
using Functional.Optim.Tests.Golden;

namespace Functional.Optim.Tests.Optimizers;

public class GoldenLbfgsTests
{
    public static TheoryData<string> Cases =>
        [.. GoldenFile.Read("optim_lbfgs.f64.json").GetProperty("cases").EnumerateArray().Select(
            golden => golden.GetProperty("id").GetString()!)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_trajectory_is_torchs_with_as_many_evaluations_and_the_same_state(string id)
    {
        JsonElement file = GoldenFile.Read("optim_lbfgs.f64.json");
        JsonElement golden =
            file.GetProperty("cases").EnumerateArray().Single(entry => entry.GetProperty("id").GetString() == id);
        JsonElement options = golden.GetProperty("kwargs"), defaults = golden.GetProperty("defaults"),
            thetas = golden.GetProperty("thetas");
        Lbfgs lbfgs = Lbfgs.Of(
            options.GetProperty("lr").GetDouble(), (int)options.Option("max_iter", 20),
            historySize: (int)options.Option("history_size", 100),
            lineSearch: options.TryGetProperty("line_search_fn", out _) ? LineSearch.StrongWolfe : LineSearch.None);
        Assert.Equal(defaults.GetProperty("max_eval").GetInt32(), lbfgs.MaximumEvaluations);
        ParameterTree<double> parameters = Tree(file.GetProperty("theta0").Numbers());
        LbfgsState<double> state = lbfgs.Init(parameters);
        double previousLoss = double.NaN;
        foreach (int evaluations in golden.GetProperty("evals_per_step").EnumerateArray()
            .Select(count => count.GetInt32()))
        {
            (parameters, state, LbfgsReport report) = lbfgs.Step(LossOf(state.Step + 1), parameters, state);
            Assert.Equal(evaluations, report.Evaluations);
            // torch's is the loss from which the last iteration started: with more than one, near the loss that it
            // arrived at.
            previousLoss = report.Iterations == 1 ? report.Loss : report.NewLoss;
            string step = state.Step.ToString(CultureInfo.InvariantCulture);
            if (!thetas.TryGetProperty(step, out JsonElement stored)) continue;
            double[] expected = stored.Numbers();
            // The amplification is that of a change of θ₀. Near a minimum θ forgets where it came from, but not how
            // gradients are rounded: half a unit in their last place moves these trajectories by up to 900 epsilons.
            double amplification = Math.Max(1, golden.GetProperty("amplification").GetProperty(step).GetDouble());
            AssertNear($"θ after step {step}", 1000 * Math.Pow(2, -52) * amplification, expected, parameters);
        }

        JsonElement final = golden.GetProperty("final_state");
        Assert.Equal((50, final.GetProperty("n_iter").GetInt64(), final.GetProperty("func_evals").GetInt64()),
            (state.Step, state.Iterations, state.Evaluations));
        // What is left of a gradient near a minimum, and what is divided by it, has lost up to ten digits.
        AssertNear("the direction", 5e-6, final.GetProperty("d").Numbers(), state.Direction);
        AssertNear("the gradient", 5e-6, final.GetProperty("prev_flat_grad").Numbers(), state.Gradients);
        Assert.Equal(1, previousLoss / final.GetProperty("prev_loss").GetDouble(), 5e-6);
        Assert.Equal(final.GetProperty("t").GetDouble(), state.StepSize, 5e-6);
        JsonElement[] moves = [.. final.GetProperty("old_stps").EnumerateArray()],
            changes = [.. final.GetProperty("old_dirs").EnumerateArray()];
        Assert.Equal(moves.Length, state.History.Length);
        for (int index = 0; index < moves.Length; index++)
        {
            AssertNear($"s {index}", 5e-6, moves[index].Numbers(), state.History[index].Move);
            AssertNear($"y {index}", 5e-6, changes[index].Numbers(), state.History[index].GradientChange);
            Assert.Equal(1, state.History[index].InverseCurvature / final.GetProperty("ro")[index].GetDouble(), 5e-6);
        }

        Assert.Equal(1, state.History[^1].Scale / final.GetProperty("H_diag").GetDouble(), 5e-6);

        static void AssertNear(string what, double precision, double[] expected, ParameterTree<double> actual)
        {
            double tolerance = precision * Math.Max(1, expected.Max(Math.Abs));
            for (int index = 0; index < expected.Length; index++)
            {
                double value = actual.AsSpan("theta")[index];
                Assert.True(Math.Abs(value - expected[index]) <= tolerance,
                    $"{what}, element {index}: {value:R}, golden {expected[index]:R}");
            }
        }
    }

    /// <summary>Σ cᵢ·θᵢ + 0.025·|θ|² with c of the step.</summary>
    private static ValueAndGradient<double> LossOf(long step) => parameters =>
    {
        TreeBuffer<double> gradients = parameters.Layout.Rent<double>();
        double loss = 0;
        for (int index = 0; index < 37; index++)
        {
            double theta = parameters.AsSpan("theta")[index],
                slope = Math.Sin((0.7 * step) + (0.3 * index)) * (1 + (0.1 * index));
            loss += (slope * theta) + (0.025 * theta * theta);
            gradients.AsSpan("theta")[index] = slope + (0.05 * theta);
        }

        return (loss, gradients.ToTree());
    };

    private static ParameterTree<double> Tree(double[] values) => ParameterTree.Of(Leaf.Of("theta", [37], values));
}
