using Functional.Optim;
using Functional.Optim.Autodiff;
using Functional.Optim.Training;

namespace Functional.Optim.Guides;

/// <summary>What the guide <c>GettingStarted</c> shows, as programs that run.</summary>
public class GettingStarted
{
    /// <summary>In place of the console, so that what is printed can be compared.</summary>
    private StringWriter Console { get; } = new() { NewLine = "\n" };

    [Fact]
    public void A_network_that_learns_a_table()
    {
        #region README.md
        float[] random = [.. Enumerable.Range(0, 16).Select(index => MathF.Sin(7 * (index + 1)))];
        ParameterTree<float> start = ParameterTree.Of(
            Leaf.Of("hidden.weight", [2, 8], random),
            Leaf.Of("hidden.bias", [8], new float[8]),
            Leaf.Of("output.weight", [8, 1], random[..8]),
            Leaf.Of("output.bias", [1], new float[1]));
        #endregion

        #region README.md
        float[] inputs = [0, 0, 0, 1, 1, 0, 1, 1], targets = [0, 1, 1, 0];   // exclusive or
        Variable<float> Network(Variables<float> of) =>
            ((of.Constant(new(4, 2), inputs).MatMul(of["hidden.weight"]) + of["hidden.bias"]).Tanh()
                .MatMul(of["output.weight"])) + of["output.bias"];
        LossFunction<float> loss = of =>
            Network(of).BinaryCrossEntropyWithLogits(of.Constant(new(4, 1), targets));
        #endregion

        #region README.md
        AdamW adamw = AdamW.Of(
            Schedule.WarmupCosine(peak: 0.1, warmupSteps: 10, totalSteps: 100),
            weightDecay: 0.01, decay: LeafFilter.Matrices);
        (ParameterTree<float> parameters, AdamState<float> state) = (start, adamw.Init(start));
        for (int step = 1; step <= 100; step++)
        {
            var (value, gradients) = Differentiate.ValueAndGradient(loss, parameters);
            (parameters, state) = adamw.Step(parameters, gradients, state);
            if (step % 25 == 0) Console.WriteLine($"step {step}: loss {value:0.000}");
        }

        Span<float> outputs = stackalloc float[4];
        Differentiate.Value(Network, parameters, outputs);
        foreach (float output in outputs) Console.WriteLine(output > 0 ? "yes" : "no");
        #endregion

        Assert.Equal(
            """
            step 25: loss 0.686
            step 50: loss 0.477
            step 75: loss 0.289
            step 100: loss 0.249
            no
            yes
            yes
            no
            """,
            Console.ToString().TrimEnd());

        #region README.md
        double before = Differentiate.Value(loss, start), after = Differentiate.Value(loss, parameters);
        #endregion

        Assert.InRange(after, 0, before / 2);

        #region README.md
        string file = "xor.safetensors";
        ParameterFile.Save(parameters, file);
        ParameterTree<float> loaded = ParameterFile.Load<float>(file).ThrowIfFail();
        #endregion

        File.Delete(file);
        Assert.Equal(parameters, loaded);

        #region README.md
        TreeBuffer<float> buffer = parameters.Layout.Rent<float>();
        buffer.AsSpan("output.bias")[0] = 0.25f;               // ∂L/∂b, and so on; the others are 0
        ParameterTree<float> ownGradients = buffer.ToTree();
        (parameters, state) = adamw.Step(parameters, ownGradients, state);
        #endregion

        Assert.Equal(101, state.Step);
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
            AdamW: learningRate is -1; allowed is finite and not negative; beta2 is 1.5; allowed is in [0, 1).
            """,
            Console.ToString().TrimEnd());
    }
}
