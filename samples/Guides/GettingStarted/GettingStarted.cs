using Functional.Optim.Autodiff;
using Functional.Optim.Training;

namespace Functional.Optim.Guides;

/// <summary>What the guide <c>GettingStarted</c> shows, as programs that run.</summary>
public class GettingStarted
{
    /// <summary>In place of the console, so that what is printed can be compared.</summary>
    private StringWriter Console { get; } = new() { NewLine = "\n" };

    [Fact]
    public void A_line_through_sixteen_points()
    {
        #region README.md
        // y = 2a − b + 0.5 at 16 points.
        float[] inputs = new float[16 * 2], targets = new float[16];
        for (int point = 0; point < 16; point++)
        {
            float a = ((point % 4) - 1.5f) / 2, b = ((point / 4) - 1.5f) / 2;
            (inputs[2 * point], inputs[(2 * point) + 1], targets[point]) = (a, b, (2 * a) - b + 0.5f);
        }

        ParameterTree<float> parameters = ParameterTree.Of(
            Leaf.Of("weight", [2, 1], [0f, 0f]),
            Leaf.Of("bias", [1], [0f]));
        #endregion

        #region README.md
        LossFunction<float> loss = of =>
            (of.Constant(new(16, 2), inputs).MatMul(of["weight"]) + of["bias"])
            .MeanSquaredError(of.Constant(new(16, 1), targets));
        #endregion

        ParameterTree<float> start = parameters;

        #region README.md
        AdamW adamw = AdamW.Of(
            Schedule.WarmupCosine(peak: 0.1, warmupSteps: 10, totalSteps: 200), weightDecay: 0);
        AdamState<float> state = adamw.Init(parameters);
        for (int step = 1; step <= 200; step++)
        {
            var (value, gradients) = Differentiate.ValueAndGradient(loss, parameters);
            (parameters, state) = adamw.Step(parameters, gradients, state);
            if (step % 50 == 0) Console.WriteLine($"step {step}: loss {value:0.000000}");
        }

        float[] weight = parameters.AsSpan("weight").ToArray(), bias = parameters.AsSpan("bias").ToArray();
        Console.WriteLine($"weight {weight[0]:0.000} {weight[1]:0.000}, bias {bias[0]:0.000}");
        #endregion

        Assert.Equal(
            """
            step 50: loss 0.000065
            """,
            Console.ToString().TrimEnd());
        Assert.NotEqual(start, parameters);

        string file = Path.GetTempFileName();
        #region README.md
        ParameterFile.Save(parameters, file);
        ParameterTree<float> loaded = ParameterFile.Load<float>(file).ThrowIfFail();
        #endregion

        File.Delete(file);
        Assert.Equal(parameters, loaded);

        #region README.md
        TreeBuffer<float> buffer = parameters.Layout.Rent<float>();
        buffer.AsSpan("weight")[0] = 0.25f;                    // ∂L/∂weight[0], and so on; the others are 0
        ParameterTree<float> ownGradients = buffer.ToTree();
        (parameters, state) = adamw.Step(parameters, ownGradients, state);
        #endregion

        Assert.Equal(201, state.Step);
    }

    [Fact]
    public void All_errors_at_once()
    {
        #region README.md
        try
        {
            AdamW.Of(learningRate: -1, beta2: 1.5);
        }
        catch (SettingsException error)
        {
            Console.WriteLine(error.Message);
        }
        #endregion

        Assert.Equal(
            """
            x
            """,
            Console.ToString().TrimEnd());
    }
}
