using System.Collections.Immutable;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training.Hooks;

/// <summary>What a run that ended early leaves to the one that continues it.</summary>
public sealed class InterruptedRunTests : IDisposable
{
    private const int Steps = 30;
    private static readonly Optimizer AdamW = Optim.AdamW.Of(0.05);
    private static readonly TrainData<float> Data = new(Quadratic.Batch, step => step);

    private readonly string folder = Directory.CreateTempSubdirectory("functional-optim-interrupted-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(4, 1)]
    [InlineData(12, 2)]
    [InlineData(12, 3)]
    [InlineData(Steps, 2)]
    public async Task An_evaluation_that_was_cut_off_is_made_up_for(int step, int batch)
    {
        List<LeafNorms> wholeNorms = [], norms = [];
        List<StepReport> wholeReports = [], reports = [];
        (TrainResult<float> whole, Checkpoint<float> wholeSaved) =
            await Run(Start(), "whole", wholeNorms, wholeReports, CancellationToken.None);
        using CancellationTokenSource source = new();
        int evaluated = 0;
        (TrainResult<float> part, Checkpoint<float> saved) =
            await Run(Start(), "part", norms, reports, source.Token, () =>
            {
                if (++evaluated == (4 * ((step == Steps ? 8 : step / 4) - 1)) + batch) source.Cancel();
            });
        Assert.Equal((step, step), (part.State.Step, saved.Step));
        Assert.Equal(step - 1, reports[^1].Step);
        (TrainResult<float> resumed, Checkpoint<float> end) =
            await Run(saved, "part", norms, reports, CancellationToken.None);
        Assert.Equal(whole.State, resumed.State);
        Assert.Equal(wholeReports.Select(WithoutTimes), reports.Select(WithoutTimes));
        Assert.Equal(wholeNorms.Select(each => each.Step), norms.Select(each => each.Step));
        Assert.Equal(wholeSaved.Memory, end.Memory);
    }

    [Fact]
    public async Task A_run_that_stopped_early_makes_no_step_when_it_is_resumed_unless_it_may_be_more_patient()
    {
        TrainResult<float> stopped = await Patient(2, Start());
        Assert.Equal((StopReason.Stopped, 12), (stopped.Reason, stopped.State.Step));
        TrainResult<float> again = await Patient(2, Saved());
        Assert.Equal(
            (StopReason.Stopped, stopped.Stopped, stopped.State), (again.Reason, again.Stopped, again.State));
        Assert.Empty(again.History);
        Assert.Equal(16, (await Patient(3, Saved())).State.Step);

        Checkpoint<float> Saved() => CheckpointFolder.NewestIn<float>(folder).ThrowIfFail().Checkpoint;

        async Task<TrainResult<float>> Patient(int patience, Checkpoint<float> start)
        {
            using CheckpointFolder open = CheckpointFolder.Open(folder).ThrowIfFail();
            return await Trainer.Run(
                TrainerOptions.Of(Steps, evaluateEvery: 4, evaluationBatches: 1),
                new TrainModel<float, float>(Quadratic.Gradient, (_, _) => 1), AdamW, Data, start,
                hooks: [Checkpoints.Every(100, open), EarlyStop.OnValidation(patience)]);
        }
    }

    [Fact]
    public async Task A_hook_that_saves_for_itself_saves_before_the_checkpoint_that_remembers_it()
    {
        List<string> order = [];
        await Trainer.Run(
            TrainerOptions.Of(2), new TrainModel<float, float>(Quadratic.Gradient), AdamW,
            new TrainData<float>(Quadratic.Batch), Start().State,
            hooks: [new Saving("all", HookRequest.Save, order), new Saving("own", HookRequest.Checkpoint, order)]);
        Assert.Equal(["own 1", "all 1", "own 2", "all 2"], order);
    }

    [Fact]
    public async Task A_hook_that_fails_at_the_end_or_the_start_costs_no_checkpoint()
    {
        TrainHook[] failing = [new Failing(atStart: false), new Failing(atStart: true)];
        foreach (TrainHook hook in failing)
        {
            using CheckpointFolder open =
                CheckpointFolder.Open(Path.Combine(folder, $"{Array.IndexOf(failing, hook)}")).ThrowIfFail();
            TrainingException<float> exception = await Assert.ThrowsAsync<TrainingException<float>>(() => Trainer.Run(
                TrainerOptions.Of(5), new TrainModel<float, float>(Quadratic.Gradient), AdamW,
                new TrainData<float>(Quadratic.Batch), Start().State,
                hooks: [Checkpoints.Every(100, open), hook, EarlyStop.OnValidation(3)]));
            Assert.Contains("this hook fails", exception.Message, StringComparison.Ordinal);
            // Where no step was made there is nothing to lose.
            bool isSaved = open.Newest<float>()
                .Match(Succ: found => found.Checkpoint.State == exception.State, Fail: _ => false);
            Assert.Equal((exception.State.Step > 0, exception.State.Step > 0), (isSaved, hook == failing[0]));
        }
    }

    [Fact]
    public void A_folder_that_is_removed_while_a_checkpoint_is_written_is_made_again()
    {
        string place = Path.Combine(folder, "vanishing");
        using CheckpointFolder open = CheckpointFolder.Open(place).ThrowIfFail();
        for (int time = 0; time < 100; time++)
        {
            using Barrier together = new(2);
            string error = "";
            Parallel.Invoke(
                () =>
                {
                    together.SignalAndWait();
                    error = open.TrySave(Start(), keep: 1).Match(Succ: _ => "", Fail: failure => failure.Message);
                },
                () =>
                {
                    together.SignalAndWait();
                    try
                    {
                        Directory.Delete(place, recursive: true);
                    }
                    catch (IOException)
                    {
                        // A file came into the folder meanwhile.
                    }
                });
            Assert.Equal("", error);
        }
    }

    [Fact]
    public void A_file_that_is_removed_while_it_is_written_is_written_again()
    {
        // As by who removes the folder, which begins with some file or other.
        string place = Path.Combine(folder, "beginning");
        using CheckpointFolder open = CheckpointFolder.Open(place).ThrowIfFail();
        int removed = 0;
        for (int time = 0; time < 100 || (removed == 0 && time < 10_000); time++)
        {
            using Barrier together = new(2);
            bool isSaved = false;
            string error = "";
            Parallel.Invoke(
                () =>
                {
                    together.SignalAndWait();
                    error = open.TrySave(Start(), keep: 1).Match(Succ: _ => "", Fail: failure => failure.Message);
                    Volatile.Write(ref isSaved, true);
                },
                () =>
                {
                    together.SignalAndWait();
                    while (!Volatile.Read(ref isSaved))
                    {
                        if (Directory.EnumerateFiles(place, "*.unfinished").FirstOrDefault() is not { } unfinished)
                            continue;
                        File.Delete(unfinished);
                        removed++;
                        return;
                    }
                });
            Assert.Equal("", error);
        }

        Assert.NotEqual(0, removed);
    }

    [Fact]
    public void Two_threads_that_save_make_a_removed_folder_again()
    {
        string place = Path.Combine(folder, "removed");
        using CheckpointFolder open = CheckpointFolder.Open(place).ThrowIfFail();
        for (int time = 0; time < 100; time++)
        {
            Directory.Delete(place, recursive: true);
            using Barrier together = new(2);
            string[] errors = new string[2];
            Parallel.Invoke(
                () => errors[0] = ErrorOf(() => open.TrySave(Start(), keep: 1)),
                () => errors[1] = ErrorOf(() => open.TrySaveBest(Start())));
            Assert.Equal(["", ""], errors);

            string ErrorOf(Func<LanguageExt.Fin<string>> save)
            {
                together.SignalAndWait();
                return save().Match(Succ: _ => "", Fail: error => error.Message);
            }
        }
    }

    private async Task<(TrainResult<float> Result, Checkpoint<float> Saved)> Run(
        Checkpoint<float> start, string name, List<LeafNorms> norms, List<StepReport> reports,
        CancellationToken cancellation, Action? evaluating = null)
    {
        using CheckpointFolder open = CheckpointFolder.Open(Path.Combine(folder, name)).ThrowIfFail();
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(Steps, evaluateEvery: 4, evaluationBatches: 4),
            new TrainModel<float, float>(Quadratic.Gradient, (parameters, batch) =>
            {
                evaluating?.Invoke();
                return Quadratic.Loss(parameters, batch);
            }),
            AdamW, Data, start, new Now<StepReport>(reports), cancellation,
            Checkpoints.Every(6, open), KeepBest.OnValidation(open), EarlyStop.OnValidation(100),
            LossSpikes.Report(window: 8), RecordLeafNorms.Every(4, new Now<LeafNorms>(norms)));
        return (result, open.Newest<float>().ThrowIfFail().Checkpoint);
    }

    private static Checkpoint<float> Start() => new(TrainState.Init(AdamW, Quadratic.Start()));

    private static StepReport WithoutTimes(StepReport report) => report with
    {
        TokensPerSecond = 0, Remaining = default, StepMilliseconds = 0, OptimizerMilliseconds = 0,
    };


    private sealed class Now<TValue>(List<TValue> values) : IProgress<TValue>
    {
        public void Report(TValue value) => values.Add(value);
    }

    private sealed class Saving(string name, HookRequest request, List<string> order) : TrainHook
    {
        public override HookRun Start(HookStart start) => new Running(name, request, order);

        private sealed class Running(string name, HookRequest request, List<string> order) : HookRun
        {
            public override HookRequest After<T>(in TrainMoment<T> moment) => request;

            public override void Save<T>(Checkpoint<T> checkpoint) => order.Add($"{name} {checkpoint.Step}");
        }
    }

    private sealed class Failing(bool atStart) : TrainHook
    {
        public override HookRun Start(HookStart start) => atStart ? throw Failure() : new Running();

        private static InvalidDataException Failure() => new("this hook fails");

        private sealed class Running : HookRun
        {
            public override void End<T>(Checkpoint<T>? checkpoint) => throw Failure();
        }
    }
}
