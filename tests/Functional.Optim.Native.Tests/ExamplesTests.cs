using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Functional.Optim.Tests.Files;

namespace Functional.Optim.Native.Tests;

/// <summary>
/// The examples of the README are files that are compiled and run, and what they print is what managed code computes.
/// </summary>
public class ExamplesTests
{
    [Theory]
    [InlineData("c", "train.c")]
    [InlineData("python", "train.py")]
    public void The_README_shows_the_files(string language, string file)
    {
        string readme = Repository.Text("src/README.md");
        string code = Repository.Text($"src/Functional.Optim.Native/Examples/{file}");
        Assert.Contains($"```{language}\n{code}```\n", readme, StringComparison.Ordinal);
    }

    /// <summary>What the examples do, in managed code over trees.</summary>
    [Fact]
    public void They_print_what_managed_code_computes()
    {
        const int points = 16, steps = 200;
        Optimizer optimizer = Clip.ByGlobalNorm(1).Then(
            AdamW.Of(Schedule.WarmupCosine(peak: 0.1, warmupSteps: 10, totalSteps: 200)));
        ParameterTree<float> parameters = ParameterTree.Of(
            Leaf.Of("weights", [2], new float[2]), Leaf.Of("bias", [1], new float[1]));
        OptimizerState<float> state = optimizer.Init(parameters);
        StringBuilder printed = new();
        for (int step = 1; step <= steps; step++)
        {
            (double loss, ParameterTree<float> gradients) = LossOf(parameters);
            if (step % 50 == 1) Print($"step {step}: loss {loss:f9}");
            (parameters, state) = optimizer.Step(parameters, gradients, state);
        }

        Print($"after {state.Step} steps: loss {LossOf(parameters).Loss:f9}");
        uint[] bits =
        [
            .. MemoryMarshal.Cast<float, uint>(parameters.AsSpan("weights")),
            .. MemoryMarshal.Cast<float, uint>(parameters.AsSpan("bias")),
        ];
        Print($"bits of the parameters: {bits[0]:x8} {bits[1]:x8} {bits[2]:x8}");
        Assert.Equal(Repository.Text("src/Functional.Optim.Native/Examples/train.txt"), printed.ToString());

        void Print(FormattableString line) => printed.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        static (double Loss, ParameterTree<float> Gradients) LossOf(ParameterTree<float> parameters)
        {
            ReadOnlySpan<float> weights = parameters.AsSpan("weights");
            float bias = parameters.AsSpan("bias")[0];
            double sum = 0, ofA = 0, ofB = 0, ofBias = 0;
            for (int point = 0; point < points; point++)
            {
                double a = (point % 4 - 1.5) / 2, b = (point / 4 - 1.5) / 2, y = 2 * a - b + 0.5;
                double error = weights[0] * a + weights[1] * b + bias - y;
                sum += error * error;
                ofA += error * a;
                ofB += error * b;
                ofBias += error;
            }

            return (sum / points, ParameterTree.Of(
                Leaf.Of("weights", [2], [(float)(ofA * 2 / points), (float)(ofB * 2 / points)]),
                Leaf.Of("bias", [1], [(float)(ofBias * 2 / points)])));
        }
    }
}
