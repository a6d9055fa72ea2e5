using Functional.Optim;
using Functional.Optim.Training;

namespace Functional.Optim.Guides;

/// <summary>What the guide <c>Training</c> shows, as programs that run.</summary>
public class Training
{
    /// <summary>In place of the console, so that what is printed can be compared.</summary>
    private StringWriter Console { get; } = new() { NewLine = "\n" };

    [Fact]
    public async Task A_run()
    {
        #region README.md
        TrainModel<float, float> model = new(
            (parameters, number, step) => (LossAt(parameters, number), GradientAt(parameters, number)),
            LossAt);
        TrainData<float> data = new(Training: NumberAt, Validation: step => NumberAt(1000 + step));
        AdamW adamw = AdamW.Of(Schedule.Cosine(peak: 0.1, totalSteps: 200), weightDecay: 0);
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(steps: 200, evaluateEvery: 50), model, adamw, data, TrainState.Init(adamw, Start()));
        foreach (StepReport report in result.History.Where(report => report.ValidationLoss is not null))
            Console.WriteLine($"step {report.Step}: validation loss {report.ValidationLoss:0.000}");
        #endregion

        Assert.Equal(
            """
            step 50: validation loss 0.647
            step 100: validation loss 0.503
            step 150: validation loss 0.503
            step 200: validation loss 0.503
            """,
            Console.ToString().TrimEnd());
        Assert.Equal(200, result.State.Step);
    }

    [Fact]
    public void A_step_of_your_own_loop()
    {
        #region README.md
        AdamW adamw = AdamW.Of(0.1);
        TrainState<float> state = TrainState.Init(adamw, Start());
        (state, StepOutcome outcome) = TrainStep.Run(
            adamw, (parameters, number, step) => (LossAt(parameters, number), GradientAt(parameters, number)),
            state, batch: 3f, NonFinitePolicy.Skip);
        #endregion

        Assert.Equal((1, false), (state.Step, outcome.Skipped));
    }

    [Fact]
    public async Task A_hook()
    {
        AdamW adamw = AdamW.Of(0.1, weightDecay: 0);
        TrainModel<float, float> model = new(
            (parameters, number, step) => (LossAt(parameters, number), GradientAt(parameters, number)), LossAt);
        TrainData<float> data = new(NumberAt, NumberAt);

        #region README.md
        TrainHook enough = TrainHook.OnReport(report =>
            report.Loss < 0.5 ? HookRequest.Stop("the loss is below 0.5") : default);
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(steps: 10_000), model, adamw, data, TrainState.Init(adamw, Start()), hooks: [enough]);
        #endregion

        Assert.Equal(StopReason.Stopped, result.Reason);
        Assert.InRange(result.State.Step, 2, 1000);
    }

    #region README.md
    private static ParameterTree<float> Start() => ParameterTree.Of(Leaf.Of("theta", [2], [1f, -1f]));

    private static float NumberAt(long step) => 3 + (float)Math.Sin(step);

    private static ParameterTree<float> GradientAt(ParameterTree<float> parameters, float number)
    {
        TreeBuffer<float> gradients = parameters.Layout.Rent<float>();
        for (int index = 0; index < 2; index++)
            gradients.AsSpan("theta")[index] = parameters.AsSpan("theta")[index] - number;
        return gradients.ToTree();
    }

    private static double LossAt(ParameterTree<float> parameters, float number)
    {
        double sum = 0;
        foreach (float theta in parameters.AsSpan("theta")) sum += 0.5 * (theta - number) * (theta - number);
        return sum;
    }
    #endregion
}
