using Functional.Optim;
using Functional.Optim.Autodiff;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Examples;

/// <summary>What README.md shows in C#, between <c>#region</c> and <c>#endregion</c>, in programs that run.</summary>
public class ReadmeExamples
{
    private static readonly ParameterTree<float> Start =
        ParameterTree.Of(Leaf.Of("weight", [2, 1], [0.5f, -0.5f]), Leaf.Of("bias", [1], [0.25f]));

    private static ParameterTree<float> Gradients(int step) =>
        ParameterTree.Of(Leaf.Of("weight", [2, 1], [step, -step / 2f]), Leaf.Of("bias", [1], [1f]));

    [Fact]
    public void A_pure_step()
    {
        ParameterTree<float> parameters = Start;
        ParameterTree<float>[] gradientStream = [Gradients(1), Gradients(2), Gradients(3)];

        #region README.md
        var adamw = AdamW.Of(Schedule.WarmupCosine(peak: 3e-4, warmupSteps: 100, totalSteps: 2000, floor: 3e-5),
                             beta2: 0.95, weightDecay: 0.1, decay: LeafFilter.Matrices);
        AdamState<float> state = adamw.Init(parameters);
        foreach (var gradients in gradientStream)
            (parameters, state) = adamw.Step(parameters, gradients, state);
        #endregion

        Assert.Equal(3, state.Step);
        Assert.True(parameters.AsSpan("weight")[0] < Start.AsSpan("weight")[0]);
        Assert.True(parameters.AsSpan("weight")[1] > Start.AsSpan("weight")[1]);
    }

    [Fact]
    public void A_composition()
    {
        Schedule schedule = 0.1;
        Model model = new();
        Batch batch = Batch.Of(1);
        ParameterTree<float> parameters = Start.Copy();
        OptimizerState<float> state = Clip.ByGlobalNorm(1.0).Then(AdamW.Of(schedule)).Init(parameters);
        double before = Differentiate.Value(model.Loss(batch), parameters);

        #region README.md
        var optimizer = Clip.ByGlobalNorm(1.0).Then(Adam.Scaling(beta2: 0.95)).Then(WeightDecay.Decoupled(0.1))
            .Then(LearningRate.Of(schedule));
        var (loss, gradients) =
            Differentiate.ValueAndGradient(model.Loss(batch), parameters);   // or any other source of gradients
        (parameters, state) = optimizer.StepDonating(parameters, gradients, state);
        #endregion

        Assert.Equal((before, 1), (loss, state.Step));
        Assert.True(Differentiate.Value(model.Loss(batch), parameters) < loss);
    }

    [Fact]
    public void A_partition()
    {
        #region README.md
        var optimizer = Clip.ByGlobalNorm(1.0).Then(Partition.Of(
            (LeafFilter.HiddenMatrices, Muon.Of(0.02, weightDecay: 0.1)),
            (LeafFilter.All, AdamW.Of(3e-4, beta2: 0.95))));
        #endregion

        OptimizerState<float> state = optimizer.Init(Start);
        Assert.Equal<IEnumerable<string>>(["hiddenMatrices/mean", "all/m", "all/v"], state.SlotNames);
        (ParameterTree<float> moved, _) = optimizer.Step(Start, Gradients(1), state);
        Assert.True(moved.AsSpan("weight")[0] < Start.AsSpan("weight")[0] - 0.01);
        Assert.Equal(Start.AsSpan("bias")[0] - 3e-4, moved.AsSpan("bias")[0], 1e-5);
    }

    [Fact]
    public async Task The_shell()
    {
        Model model = new();
        Batch[] batches = [Batch.Of(1), Batch.Of(2), Batch.Of(3)];
        Optimizer optimizer = Clip.ByGlobalNorm(1.0).Then(AdamW.Of(0.01, weightDecay: 0));
        ParameterTree<float> parameters = Start.Copy();

        #region README.md
        TrainModel<float, Batch> trained = new((parameters, batch, step) =>
            Differentiate.ValueAndGradient(model.Loss(batch), parameters));
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(steps: 1000), trained, optimizer,
            new TrainData<Batch>(step => batches[(int)(step % batches.Length)]),
            TrainState.Init(optimizer, parameters));
        CheckpointFile.Save<float>(new(result.State), "model.safetensors");
        TrainState<float> resumed =
            CheckpointFile.Load<float>("model.safetensors", optimizer).ThrowIfFail().State;   // for another Trainer.Run
        #endregion

        File.Delete("model.safetensors");
        Assert.Equal((1000, result.State), (resumed.Step, resumed));
        Assert.InRange(Differentiate.Value(model.Loss(batches[0]), resumed.Parameters), 0, 0.01);
    }

    /// <summary>y = 2·x₀ − x₁ + 1 at a few points.</summary>
    private sealed record Batch(float[] X, float[] Y)
    {
        internal static Batch Of(int seed)
        {
            float[] x = [.. Enumerable.Range(0, 8).Select(index => MathF.Sin(seed + index))];
            return new(x, [.. Enumerable.Range(0, 4).Select(row => (2 * x[2 * row]) - x[(2 * row) + 1] + 1)]);
        }
    }

    /// <summary>The mean squared error of a line.</summary>
    private sealed record Model
    {
#pragma warning disable CA1822 // The README calls it on a model.
        internal LossFunction<float> Loss(Batch batch) => parameters =>
            (parameters.Constant(new(4, 2), batch.X).MatMul(parameters["weight"]) + parameters["bias"])
            .MeanSquaredError(parameters.Constant(new(4, 1), batch.Y));
#pragma warning restore CA1822
    }
}
