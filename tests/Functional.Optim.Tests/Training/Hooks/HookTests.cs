using System.Collections.Immutable;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training.Hooks;

public sealed class HookTests : IDisposable
{
    private static readonly Optimizer AdamW = Optim.AdamW.Of(Schedule.WarmupCosine(0.1, 2, 40), weightDecay: 0.1);
    private static readonly TrainModel<float, float> Model = new(Quadratic.Gradient, Quadratic.Loss);
    private static readonly TrainData<float> Data = new(Quadratic.Batch, step => step);

    private readonly string folder = Directory.CreateTempSubdirectory("functional-optim-hooks-").FullName;
    private long current;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_hook_sees_every_step_and_its_report_and_what_was_before()
    {
        Recorder recorder = new(needsBefore: step => step % 2 == 0);
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(6, evaluateEvery: 3, reportEvery: 2), Model, AdamW, Data, Start(), hooks: [recorder]);
        Assert.Equal(StopReason.Completed, result.Reason);
        Assert.Equal([1, 2, 3, 4, 5, 6], recorder.Steps);
        Assert.Equal([2, 3, 4, 6], recorder.Reported);
        // The parameters before and the gradients make the same step again.
        TrainState<float> state = Start();
        for (int step = 1; step <= 6; step++)
        {
            (ParameterTree<float> parameters, ParameterTree<float> gradients) = recorder.Before[step - 1];
            if (step % 2 == 0)
            {
                Assert.Equal(state.Parameters, parameters);
                Assert.Equal(
                    Quadratic.Gradient(state.Parameters, Quadratic.Batch(step), step).Gradients, gradients);
            }
            else
            {
                Assert.True(parameters.IsDefault && gradients.IsDefault);
            }

            state = TrainStep.Run(AdamW, Quadratic.Gradient, state, Quadratic.Batch(step)).State;
            Assert.Equal(state, recorder.States[step - 1]);
        }
    }

    [Fact]
    public async Task A_hook_that_stops_ends_the_run_with_its_reason()
    {
        List<string> told = [];
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(40) with { Notify = told.Add }, Model, AdamW, Data, Start(),
            hooks: [TrainHook.OnReport(
                report => report.Step == 7 ? HookRequest.Stop("seven is enough") : HookRequest.None)]);
        Assert.Equal(
            (StopReason.Stopped, 7, "seven is enough"), (result.Reason, result.State.Step, result.Stopped));
        Assert.Equal(["seven is enough"], told);
        Assert.Equal(told, result.Notices);
    }

    [Fact]
    public async Task A_hook_that_throws_ends_the_run_with_its_state()
    {
        TrainingException<float> exception = await Assert.ThrowsAsync<TrainingException<float>>(() => Trainer.Run(
            TrainerOptions.Of(40), Model, AdamW, Data, Start(),
            hooks:
            [
                TrainHook.OnReport(report => report.Step < 3 ? default : throw new InvalidDataException("three")),
            ]));
        Assert.Equal(3, exception.State.Step);
    }

    [Fact]
    public async Task An_early_stop_waits_for_its_patience_and_keeps_it_over_a_resume()
    {
        // The validation loss falls until step 12, then it rises.
        TrainModel<float, float> model = new(
            Quadratic.Gradient, (_, _) => Math.Abs(12 - current));
        TrainResult<float> whole = await Run(Start(), EarlyStop.OnValidation(patience: 3));
        Assert.Equal((StopReason.Stopped, 18), (whole.Reason, whole.State.Step));
        Assert.Equal(
            "the validation loss has not fallen below 0 of step 12 for 3 evaluations", whole.Stopped);

        using CheckpointFolder open = CheckpointFolder.Open(folder).ThrowIfFail();
        TrainResult<float> part = await Run(
            Start(), EarlyStop.OnValidation(3), Checkpoints.Every(100, open), StopAt.Step(15));
        Assert.Equal(15, part.State.Step);
        Checkpoint<float> saved = open.Newest<float>().ThrowIfFail().Checkpoint;
        TrainResult<float> resumed = await Resume(saved, EarlyStop.OnValidation(3));
        Assert.Equal((whole.State, whole.Stopped), (resumed.State, resumed.Stopped));
        TrainResult<float> patient = await Run(Start(), EarlyStop.OnValidation(patience: 100));
        Assert.Equal((StopReason.Completed, 40), (patient.Reason, patient.State.Step));

        Task<TrainResult<float>> Run(TrainState<float> state, params ImmutableArray<TrainHook> hooks) =>
            Trainer.Run(Options(), model, AdamW, Counted(), state, hooks: hooks);

        Task<TrainResult<float>> Resume(Checkpoint<float> checkpoint, params ImmutableArray<TrainHook> hooks) =>
            Trainer.Run(Options(), model, AdamW, Counted(), checkpoint, hooks: hooks);

        TrainerOptions Options() => TrainerOptions.Of(40, evaluateEvery: 2, evaluationBatches: 1);
    }

    [Fact]
    public async Task The_best_checkpoint_is_that_of_the_lowest_validation_loss()
    {
        TrainModel<float, float> model = new(Quadratic.Gradient, (_, _) => Math.Abs(12 - current));
        using CheckpointFolder open = CheckpointFolder.Open(folder).ThrowIfFail();
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(20, evaluateEvery: 2, evaluationBatches: 1), model, AdamW, Counted(), Start(),
            hooks: [KeepBest.OnValidation(open)]);
        Assert.Equal(StopReason.Completed, result.Reason);
        Checkpoint<float> best = CheckpointFile.Load<float>(Path.Combine(folder, "best.safetensors")).ThrowIfFail();
        TrainResult<float> twelve = await Trainer.Run(
            TrainerOptions.Of(20), Model, AdamW, Data, Start(), hooks: [StopAt.Step(12)]);
        Assert.Equal(twelve.State, best.State);
        Assert.Empty(Directory.GetFiles(folder, "checkpoint-*"));
    }

    [Fact]
    public async Task A_hook_that_asks_to_save_has_every_hook_save_and_the_end_is_saved_too()
    {
        using CheckpointFolder open = CheckpointFolder.Open(folder).ThrowIfFail();
        await Trainer.Run(
            TrainerOptions.Of(20), Model, AdamW, Data, Start(),
            hooks:
            [
                Checkpoints.Every(8, open, keep: 4),
                TrainHook.OnReport(report => report.Step == 11 ? HookRequest.Save : HookRequest.None),
            ]);
        Assert.Equal(
            [8, 11, 16, 20],
            Directory.GetFiles(folder, "checkpoint-*").Order(StringComparer.Ordinal).Select(file =>
                CheckpointFile.Load<float>(file, AdamW).ThrowIfFail().Step));
    }

    [Fact]
    public async Task A_checkpoint_that_cannot_be_written_is_told_and_training_goes_on()
    {
        string place = Path.Combine(folder, "run");
        using CheckpointFolder open = CheckpointFolder.Open(place).ThrowIfFail();
        Directory.Delete(place, recursive: true);
        await File.WriteAllTextAsync(place, "a file where the folder was");
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(20), Model, AdamW, Data, Start(), hooks: [Checkpoints.Every(10, open)]);
        Assert.Equal((StopReason.Completed, 20), (result.Reason, result.State.Step));
        Assert.NotEmpty(result.Notices);
        Assert.All(result.Notices, line => Assert.Contains(place, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_spike_is_told_or_skipped_and_noise_is_not()
    {
        TrainResult<float> calm = await Spiky(LossSpikes.Skip(window: 16), spike: 0);
        Assert.Empty(calm.Notices);
        TrainResult<float> told = await Spiky(LossSpikes.Report(window: 16), spike: 30);
        string line = Assert.Single(told.Notices);
        Assert.StartsWith("the loss is ", line, StringComparison.Ordinal);
        Assert.Contains("at step 30", line, StringComparison.Ordinal);
        Assert.Equal(0, told.State.SkippedSteps);
        TrainResult<float> skipped = await Spiky(LossSpikes.Skip(window: 16), spike: 30);
        Assert.Equal((1, 39, 40), (
            skipped.State.SkippedSteps, skipped.State.Optimizer.Step, skipped.State.Step));
        Assert.EndsWith("its update was left out", Assert.Single(skipped.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_spike_the_run_goes_back_to_its_last_good_checkpoint_with_a_lower_rate()
    {
        using CheckpointFolder open = CheckpointFolder.Open(folder).ThrowIfFail();
        // The loss spikes at step 30 as long as the rate is the whole one.
        TrainResult<float> result = await Spiky(
            LossSpikes.RollBack(rateFactor: 0.25, window: 16), spike: 30, onlyAtRate: 0.01,
            Checkpoints.Every(12, open));
        Assert.Equal((StopReason.Completed, 40), (result.Reason, result.State.Step));
        Assert.Contains(
            "going back to step 24, with 0.25 of the rate", Assert.Single(result.Notices), StringComparison.Ordinal);
        Assert.Equal(
            Enumerable.Range(1, 40).Select(step => step <= 24 ? 0.01 : 0.0025),
            result.History.Select(report => report.LearningRate));

        // A run that is interrupted after it went back and resumed has the same bits, rate included.
        using CheckpointFolder second = CheckpointFolder.Open(Path.Combine(folder, "second")).ThrowIfFail();
        await Spiky(
            LossSpikes.RollBack(0.25, window: 16), 30, 0.01, Checkpoints.Every(12, second), StopAt.Step(37));
        Checkpoint<float> saved = second.Newest<float>().ThrowIfFail().Checkpoint;
        Assert.Equal(37, saved.Step);
        TrainResult<float> resumed = await Trainer.Run(
            TrainerOptions.Of(40), SpikyModel(30, 0.01), Sgd.Of(0.01), Data, saved,
            hooks: [LossSpikes.RollBack(0.25, window: 16), Checkpoints.Every(12, second)]);
        Assert.Equal(result.State, resumed.State);
        Assert.Equal(0.0025, resumed.History[^1].LearningRate);
    }

    /// <summary>
    /// What a stop wrote before the spike is not gone back to: a run that was not stopped has not got it.
    /// </summary>
    [Theory]
    [InlineData(27)]
    [InlineData(28)]
    [InlineData(29)]
    public async Task A_run_that_was_stopped_before_a_spike_goes_back_to_where_one_does_that_was_not(long stop)
    {
        TrainHook spikes = LossSpikes.RollBack(rateFactor: 0.25, window: 16);
        using CheckpointFolder whole = CheckpointFolder.Open(Path.Combine(folder, "whole")).ThrowIfFail();
        TrainResult<float> expected = await Spiky(spikes, 30, 0.01, Checkpoints.Every(12, whole));
        using CheckpointFolder part = CheckpointFolder.Open(Path.Combine(folder, "part")).ThrowIfFail();
        await Spiky(spikes, 30, 0.01, Checkpoints.Every(12, part), StopAt.Step(stop));
        Checkpoint<float> saved = part.Newest<float>().ThrowIfFail().Checkpoint;
        Assert.Equal(stop, saved.Step);
        TrainResult<float> resumed = await Trainer.Run(
            TrainerOptions.Of(40), SpikyModel(30, 0.01), Sgd.Of(0.01), Data, saved,
            hooks: [spikes, Checkpoints.Every(12, part)]);
        Assert.Equal(expected.State, resumed.State);
        Assert.Contains("going back to step 24", Assert.Single(resumed.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_of_several_failures_ends_the_run_with_its_state()
    {
        foreach (bool isNaN in (bool[])[false, true])
        {
            TrainModel<float, float> model = new((at, batch, step) => step < 4 ? Quadratic.Gradient(at, batch, step)
                : isNaN ? (double.NaN, at.Layout.Zeros<float>()) : throw new InvalidDataException("first"));
            TrainingException<float> exception = await Assert.ThrowsAsync<TrainingException<float>>(() => Trainer.Run(
                TrainerOptions.Of(9), model, AdamW, new(Quadratic.Batch), Start(), hooks: [new FailsAtTheEnd()]));
            Assert.Equal((3, isNaN ? "end" : "first"), (exception.State.Step, exception.InnerException!.Message));
        }
    }

    [Fact]
    public async Task A_run_that_fails_before_its_first_step_leaves_the_checkpoint_that_it_was_to_continue()
    {
        using CheckpointFolder open = CheckpointFolder.Open(folder).ThrowIfFail();
        await Trainer.Run(
            TrainerOptions.Of(20), Model, AdamW, Data, Start(), hooks: [Checkpoints.Every(8, open), StopAt.Step(10)]);
        string file = Path.Combine(folder, "checkpoint-0000000010.safetensors");
        byte[] before = await File.ReadAllBytesAsync(file);
        TrainModel<float, float> broken = new((_, _, _) => throw new InvalidDataException("other sizes"));
        await Assert.ThrowsAsync<TrainingException<float>>(() => Trainer.Run(
            TrainerOptions.Of(20) with { Configuration = Settings("width", "32") },
            broken, AdamW, new(Quadratic.Batch), CheckpointFile.Load<float>(file).ThrowIfFail(),
            hooks: [Checkpoints.Every(8, open)]));
        Assert.Equal(before, await File.ReadAllBytesAsync(file));
    }

    [Fact]
    public async Task Another_configuration_is_refused_with_the_list_or_allowed_by_name()
    {
        TrainerOptions Options(string width) => TrainerOptions.Of(20) with { Configuration = Settings("width", width) };
        using CheckpointFolder open = CheckpointFolder.Open(folder).ThrowIfFail();
        await Trainer.Run(
            Options("16"), Model, AdamW, Data, Start(), hooks: [Checkpoints.Every(8, open), StopAt.Step(10)]);
        Checkpoint<float> Saved() => open.Newest<float>(AdamW).ThrowIfFail().Checkpoint;
        string message = (await Assert.ThrowsAsync<ArgumentException>(
            () => Trainer.Run(Options("32"), Model, AdamW, Data, Saved()))).Message;
        Assert.Equal("The checkpoint was made with other settings: width was 16, is 32.", message);
        message = (await Assert.ThrowsAsync<ArgumentException>(() => Trainer.Run(
            Options("16"), Model, Optim.AdamW.Of(0.2), Data, Saved()))).Message;
        Assert.Contains("optimizer was ", message, StringComparison.Ordinal);
        TrainResult<float> allowed = await Trainer.Run(
            Options("32") with { AllowedChanges = ["width"] }, Model, AdamW, Data, Saved());
        Assert.Equal(20, allowed.State.Step);
    }

    private static ImmutableSortedDictionary<string, string> Settings(string name, string value) =>
        ImmutableSortedDictionary<string, string>.Empty.Add(name, value);

    private sealed class FailsAtTheEnd : TrainHook
    {
        public override HookRun Start(HookStart start) => new Failing();

        private sealed class Failing : HookRun
        {
            public override void End<T>(Checkpoint<T>? checkpoint) => throw new InvalidOperationException("end");
        }
    }

    /// <summary>Each hook gets what it remembered itself, whatever the names.</summary>
    [Fact]
    public async Task Hooks_of_one_name_remember_their_own()
    {
        string[] names = ["x", "x 2", "x", "rollBacks"];
        using CheckpointFolder open = CheckpointFolder.Open(folder).ThrowIfFail();
        await Trainer.Run(
            TrainerOptions.Of(20), Model, AdamW, Data, Start(),
            hooks: [Checkpoints.Every(8, open), StopAt.Step(10), .. names.Select((name, index) => Named(name, index))]);
        List<string> recalled = [];
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(20), Model, AdamW, Data, open.Newest<float>(AdamW).ThrowIfFail().Checkpoint,
            hooks: [.. names.Select((name, index) => Named(name, index, recalled.Add))]);
        Assert.Equal(["0 0.5", "1 0.5", "2 0.5", "3 0.5"], recalled);
        TrainResult<float> whole = await Trainer.Run(TrainerOptions.Of(20), Model, AdamW, Data, Start());
        Assert.Equal(whole.State, result.State);
    }

    private static Remembering Named(string name, int index, Action<string>? recall = null) =>
        new Remembering(name, $"{index} 0.5", recall);

    private sealed class Remembering(string name, string memory, Action<string>? recall) : TrainHook
    {
        public override string Name => name;

        public override HookRun Start(HookStart start)
        {
            recall?.Invoke(start.Memory);
            return new Holding(memory);
        }

        private sealed class Holding(string memory) : HookRun
        {
            public override string Memory => memory;
        }
    }

    [Fact]
    public async Task A_run_that_spikes_again_and_again_stops_and_one_without_checkpoints_says_so()
    {
        using CheckpointFolder open = CheckpointFolder.Open(folder).ThrowIfFail();
        TrainResult<float> result = await Spiky(
            LossSpikes.RollBack(maxRollBacks: 2, window: 16), spike: 30, onlyAtRate: 0, Checkpoints.Every(12, open));
        Assert.Equal((StopReason.Stopped, 30), (result.Reason, result.State.Step));
        Assert.EndsWith("after going back 2 times", result.Stopped, StringComparison.Ordinal);
        TrainResult<float> alone = await Spiky(LossSpikes.RollBack(window: 16), spike: 30);
        Assert.Equal(StopReason.Stopped, alone.Reason);
        Assert.EndsWith("there is no checkpoint to go back to", alone.Stopped, StringComparison.Ordinal);
    }

    [Fact]
    public void The_settings_of_hooks_are_checked()
    {
        Assert.Contains("patience is 0", Assert.ThrowsAny<ArgumentException>(
            () => EarlyStop.OnValidation(0)).Message, StringComparison.Ordinal);
        string message = Assert.ThrowsAny<ArgumentException>(() => LossSpikes.RollBack(2, 0, -1, 3)).Message;
        foreach (string name in (string[])["threshold is -1", "window is 3", "rateFactor is 2", "maxRollBacks is 0"])
            Assert.Contains(name, message, StringComparison.OrdinalIgnoreCase);
        Assert.ThrowsAny<ArgumentException>(() => Checkpoints.Every(1, null!));
        Assert.ThrowsAny<ArgumentException>(() => RecordLeafNorms.Every(0, new Progress<LeafNorms>()));
        Assert.ThrowsAny<ArgumentException>(() => HookRequest.RollBack("x", 0));
    }

    private TrainData<float> Counted() => new(step => Quadratic.Batch(current = step), step => step);

    private static Task<TrainResult<float>> Spiky(
        TrainHook hook, long spike, double onlyAtRate = 0, params ImmutableArray<TrainHook> others) => Trainer.Run(
            TrainerOptions.Of(40), SpikyModel(spike, onlyAtRate), Sgd.Of(0.01), Data,
            TrainState.Init(Sgd.Of(0.01), Quadratic.Start()), hooks: [hook, .. others]);

    /// <summary>
    /// A loss of 3 with noise, with a spike at a step; where a rate is given, only if that rate has moved the
    /// parameters as far as 27 steps do.
    /// </summary>
    private static TrainModel<float, float> SpikyModel(long spike, double onlyAtRate)
    {
        double start = Quadratic.Start().GlobalNorm();
        return new(
            (at, batch, step) =>
            {
                bool isFar = at.GlobalNorm() < start * Math.Pow(1 - onlyAtRate, 27);
                double loss = 3 + (0.1 * Quadratic.Batch(step)) + (step == spike && isFar ? 50 : 0);
                TreeBuffer<float> gradients = at.Layout.Rent<float>();
                at.AsSpan().CopyTo(gradients.AsSpan());
                return (loss, gradients.ToTree());
            },
            Quadratic.Loss);
    }

    private static TrainState<float> Start() => TrainState.Init(AdamW, Quadratic.Start());

    private sealed class Recorder(Func<long, bool> needsBefore) : TrainHook
    {
        internal List<long> Steps { get; } = [];

        internal List<long> Reported { get; } = [];

        internal List<TrainState<float>> States { get; } = [];

        internal List<(ParameterTree<float> Parameters, ParameterTree<float> Gradients)> Before { get; } = [];

        public override HookRun Start(HookStart start) => new Recording(this, needsBefore);

        private sealed class Recording(Recorder recorder, Func<long, bool> needsBefore) : HookRun
        {
            public override bool NeedsBefore(long step) => needsBefore(step);

            public override HookRequest After<T>(in TrainMoment<T> moment)
            {
                TrainMoment<float> seen = (TrainMoment<float>)(object)moment;
                recorder.Steps.Add(seen.Step);
                if (seen.Report is { } report) recorder.Reported.Add(report.Step);
                recorder.States.Add(
                    new(seen.State.Parameters.Copy(), seen.State.Optimizer.Copy(), seen.State.SkippedSteps));
                recorder.Before.Add(seen.Before.IsDefault
                    ? default
                    : (seen.Before.Copy(), seen.Gradients.Copy()));
                return HookRequest.None;
            }
        }
    }
}
