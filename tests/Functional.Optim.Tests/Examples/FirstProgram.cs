using Functional.Optim;
using Functional.Optim.Autodiff;

namespace Functional.Optim.Tests.Examples;

/// <summary>The first program of README.md, and what it prints.</summary>
public class FirstProgram
{
    private const string Printed = """
        step 50: loss 0.020926
        step 100: loss 0.000091
        step 150: loss 0.000001
        step 200: loss 0.000001

        """;

    [Fact]
    public void It_prints_what_the_README_says()
    {
        using StringWriter printed = new() { NewLine = "\n" };
        Run(printed);
        Assert.Equal(Printed.ReplaceLineEndings("\n"), printed.ToString());
    }

    /// <summary>The program; it writes to the console, here a text.</summary>
    private static void Run(StringWriter Console)
    {
        #region README.md
        // Fits y = 2a - b + 0.5 to four points.
        float[] points = [0, 0, 0, 1, 1, 0, 1, 1], values = [0.5f, -0.5f, 2.5f, 1.5f];
        var parameters = ParameterTree.Of(
            Leaf.Of("weight", [2, 1], new float[2]), Leaf.Of("bias", [1], new float[1]));
        var adamw = AdamW.Of(Schedule.WarmupCosine(peak: 0.1, warmupSteps: 10, totalSteps: 200), weightDecay: 0);
        var state = adamw.Init(parameters);
        for (int step = 1; step <= 200; step++)
        {
            var (loss, gradients) = Differentiate.ValueAndGradient(of =>
                (of.Constant(new(4, 2), points).MatMul(of["weight"]) + of["bias"])
                .MeanSquaredError(of.Constant(new(4, 1), values)), parameters);
            (parameters, state) = adamw.Step(parameters, gradients, state);
            if (step % 50 == 0) Console.WriteLine($"step {step}: loss {loss:0.000000}");
        }
        #endregion
    }
}
