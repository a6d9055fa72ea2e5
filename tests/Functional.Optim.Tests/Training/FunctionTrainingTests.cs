using Functional.Optim.Tests.Optimizers;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training;

public class FunctionTrainingTests
{
    private static Optimizer[] Each =>
    [
        Sam.Around(AdamW.Of(Schedule.LinearWarmup(0.1, 3))),
        Sam.Around(Sgd.Of(0.05, momentum: 0.9), 0.5, adaptive: true),
        Lbfgs.Of(maximumIterations: 3, historySize: 4),
        Lbfgs.Of(maximumIterations: 2, lineSearch: LineSearch.StrongWolfe),
        new Backtracking(),
    ];

    public static TheoryData<int> Indices => [.. Enumerable.Range(0, Each.Length)];

    [Theory]
    [MemberData(nameof(Indices))]
    public void A_run_that_is_saved_and_loaded_has_the_bits_of_an_uninterrupted_one(int index)
    {
        Optimizer optimizer = Each[index];
        TrainState<float> whole = After(optimizer, TrainState.Init(optimizer, Quadratic.Start()), 1, 6);
        using TemporaryFolder folder = new();
        for (int stop = 0; stop <= 5; stop++)
        {
            string path = folder.At($"{stop}.state");
            CheckpointFile.Save<float>(
                new(After(optimizer, TrainState.Init(optimizer, Quadratic.Start()), 1, stop)), path);
            Optimizer again = optimizer with { };
            TrainState<float> loaded = CheckpointFile.Load<float>(path, again).ThrowIfFail().State;
            Assert.Equal(whole, After(again, loaded, stop + 1, 6));
            if (optimizer is Lbfgs or Backtracking) Assert.True(CheckpointFile.Load<float>(path, Adam.Of(0.1)).IsFail);
        }
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public async Task The_trainer_makes_the_steps_of_the_pure_function(int index)
    {
        Optimizer optimizer = Each[index];
        TrainState<float> expected = TrainState.Init(optimizer, Quadratic.Start());
        List<double> losses = [];
        for (int step = 1; step <= 6; step++)
        {
            TrainState<float> before = expected;
            (expected, StepOutcome outcome) = TrainStep.Run(
                optimizer, Quadratic.Gradient, before, Quadratic.Batch(step));
            losses.Add(outcome.Loss);
            Assert.Equal(Quadratic.Loss(before.Parameters, Quadratic.Batch(step)), outcome.Loss);
        }

        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(6, reportEvery: 1), new TrainModel<float, float>(Quadratic.Gradient), optimizer,
            new TrainData<float>(Quadratic.Batch), TrainState.Init(optimizer, Quadratic.Start()));
        Assert.Equal((StopReason.Completed, expected), (result.Reason, result.State));
        Assert.Equal(losses, result.History.Select(report => report.Loss));
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public void Every_evaluation_of_a_step_is_of_its_batch_and_number(int index)
    {
        Optimizer optimizer = Each[index];
        List<(float Batch, long Step)> asked = [];
        TrainState<float> state = TrainState.Init(optimizer, Quadratic.Start());
        for (int step = 1; step <= 2; step++)
        {
            state = TrainStep.RunDonating(
                optimizer,
                (at, batch, number) =>
                {
                    asked.Add((batch, number));
                    return Quadratic.Gradient(at, batch, number);
                },
                state, 10f * step).State;
            Assert.True(asked.Count > 1);
            Assert.All(asked, call => Assert.Equal((10f * step, step), call));
            asked.Clear();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_policies_apply_to_functions(bool donate)
    {
        foreach (Optimizer optimizer in Each)
        {
            TrainState<float> state = After(optimizer, TrainState.Init(optimizer, Quadratic.Start()), 1, 2);
            TrainState<float> before = new(state.Parameters.Copy(), state.Optimizer.Copy());
            Assert.Equal(
                "bias",
                Assert.Throws<NonFiniteGradientException>(() => Run(state, float.NaN, NonFinitePolicy.Throw)).Leaf);
            Assert.Equal(before, state);
            (state, StepOutcome outcome) = Run(state, float.NaN, NonFinitePolicy.Skip);
            Assert.True(outcome.Skipped);
            Assert.Equal((before.Parameters, 1, 3), (state.Parameters, state.SkippedSteps, state.Step));
            Assert.Equal(
                before.Optimizer.With(new UpdateCounters(SkippedUpdates: 1, ConsecutiveSkips: 1)), state.Optimizer);
            (state, outcome) = Run(state, 0.5f, NonFinitePolicy.Skip);
            Assert.Equal((false, 0, 4), (outcome.Skipped, state.Optimizer.Counters.ConsecutiveSkips, state.Step));
            for (int step = 0; step < 10; step++) (state, _) = Run(state, float.NaN, NonFinitePolicy.Skip);
            Assert.Throws<NonFiniteGradientException>(() => Run(state, float.NaN, NonFinitePolicy.Skip));
            Assert.ThrowsAny<ArgumentException>(() => Run(state, 0.5f, (NonFinitePolicy)7));
            if (optimizer is Sam)
            {
                (state, outcome) = Run(state, float.NaN, NonFinitePolicy.Zero);
                Assert.Null(state.Parameters.FirstNonFiniteLeaf());
                Assert.False(outcome.Skipped);
            }

            (TrainState<float> State, StepOutcome Outcome) Run(
                TrainState<float> from, float batch, NonFinitePolicy policy) => donate
                ? TrainStep.RunDonating(optimizer, Quadratic.Gradient, from, batch, policy)
                : TrainStep.Run(optimizer, Quadratic.Gradient, from, batch, policy);
        }
    }

    private static TrainState<float> After(Optimizer optimizer, TrainState<float> state, int first, int last)
    {
        for (int step = first; step <= last; step++)
            state = TrainStep.RunDonating(optimizer, Quadratic.Gradient, state, Quadratic.Batch(step)).State;
        return state;
    }
}
