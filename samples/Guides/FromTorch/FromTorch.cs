using Functional.Optim;
using Functional.Optim.Autodiff;
using Functional.Optim.Training;

namespace Functional.Optim.Guides;

/// <summary>What the guide <c>FromTorch</c> shows, as programs that run.</summary>
public class FromTorch
{
    #region README.md
    /// <summary>y = x₀·x₁ + 1 at eight points, two hundred times.</summary>
    private static readonly (float[] X, float[] Y)[] Batches = [.. Enumerable.Range(0, 200).Select(seed =>
    {
        float[] x = [.. Enumerable.Range(0, 16).Select(index => MathF.Sin((7 * seed) + (3 * index)))];
        return (x, Enumerable.Range(0, 8).Select(row => (x[2 * row] * x[(2 * row) + 1]) + 1).ToArray());
    })];

    private static ParameterTree<float> Start() => ParameterTree.Of(
        Leaf.Of("hidden.weight", [2, 8], [.. Enumerable.Range(1, 16).Select(index => MathF.Sin(3 * index))]),
        Leaf.Of("hidden.bias", [8], new float[8]),
        Leaf.Of("output.weight", [8, 1], [.. Enumerable.Range(1, 8).Select(index => MathF.Cos(5 * index) / 2)]),
        Leaf.Of("output.bias", [1], new float[1]));

    private static LossFunction<float> Loss(float[] x, float[] y) => of =>
        (((of.Constant(new(8, 2), x).MatMul(of["hidden.weight"]) + of["hidden.bias"]).Tanh()
            .MatMul(of["output.weight"])) + of["output.bias"]).MeanSquaredError(of.Constant(new(8, 1), y));
    #endregion

    /// <summary>In place of the console, so that what is printed can be compared.</summary>
    private StringWriter Console { get; } = new() { NewLine = "\n" };

    [Fact]
    public void A_loop()
    {
        LossFunction<float> first = Loss(Batches[0].X, Batches[0].Y);

        #region README.md
        ParameterTree<float> parameters = Start();
        Optimizer optimizer = Clip.ByGlobalNorm(1.0).Then(AdamW.Of(
            Schedule.Cosine(peak: 3e-2, totalSteps: 200).ZeroBased(), beta2: 0.95,
            weightDecay: 0.1, decay: LeafFilter.Matrices));
        OptimizerState<float> state = optimizer.Init(parameters);
        foreach (var (x, y) in Batches)
        {
            var (loss, gradients) = Differentiate.ValueAndGradient(Loss(x, y), parameters);
            (parameters, state) = optimizer.StepDonating(parameters, gradients, state);
        }

        CheckpointFile.Save<float>(new(new(parameters, state)), "torch-guide.safetensors");
        #endregion

        Assert.Equal(200, state.Step);
        Assert.Equal(3e-2, optimizer.LearningRateAt(1));
        Assert.InRange(Differentiate.Value(first, parameters), 0, Differentiate.Value(first, Start()) / 10);

        #region README.md
        TrainState<float> resumed =
            CheckpointFile.Load<float>("torch-guide.safetensors", optimizer).ThrowIfFail().State;
        (parameters, state) = (resumed.Parameters, resumed.Optimizer);
        #endregion

        File.Delete("torch-guide.safetensors");
        Assert.Equal(200, state.Step);
    }

    [Fact]
    public void Groups()
    {
        #region README.md
        AdamW optimizer = AdamW.Of(1e-3, weightDecay: 0.1).WithGroups(
            LeafGroup.Frozen("input", LeafFilter.Named("hidden.*")),
            LeafGroup.Of("head", LeafFilter.Named("output.weight"), learningRateMultiplier: 10),
            LeafGroup.Of("biases", LeafFilter.Named("*.bias"), weightDecayMultiplier: 0));
        Console.WriteLine(optimizer.Report(Start().Layout));
        #endregion

        Assert.Equal(
            """
            group              rate ×    decay  leaves   parameters  first leaves
            input              frozen        0       2           24  hidden.weight[2, 8], hidden.bias[8]
            head                   10      0.1       1            8  output.weight[8, 1]
            biases                  1        0       1            1  output.bias[1]
            """,
            Console.ToString().TrimEnd());
    }

    [Fact]
    public void A_rate_that_falls_where_the_metric_does_not()
    {
        #region README.md
        double[] losses = [1, 1, 1, 0.5];                                  // on validation batches, one after another
        AdamW adamw = AdamW.Of(0.1);
        (ParameterTree<float> parameters, AdamState<float> state) = (Start(), adamw.Init(Start()));
        Plateau plateau = Plateau.Of(factor: 0.5, patience: 1);
        PlateauState rate = PlateauState.Of(0.1);
        foreach (double validationLoss in losses) rate = plateau.Next(rate, validationLoss);
        AdamW slower = adamw with { LearningRate = rate.Rate };
        ParameterTree<float> gradients =
            Differentiate.ValueAndGradient(Loss(Batches[0].X, Batches[0].Y), parameters).Gradients;
        (parameters, state) = slower.Step(parameters, gradients, state);   // the state goes on
        #endregion

        Assert.Equal((0.05, 1), (rate.Rate, state.Step));
    }
}
