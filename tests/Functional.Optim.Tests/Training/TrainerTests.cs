using System.Globalization;
using Functional.Optim.Tests.Cultures;
using Functional.Optim.Tests.Laws;
using Functional.Optim.Tests.Training.Hooks;
using Functional.Optim.Training;

namespace Functional.Optim.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private static readonly Optimizer Chain = Clip.ByGlobalNorm(1)
        .Then(AdamW.Of(Schedule.WarmupCosine(0.1, 2, 10), weightDecay: 0.1));
    private static readonly TrainModel<float, float> Model = new(Quadratic.Gradient, Quadratic.Loss);
    private static readonly TrainModel<float, float> Plain = new(Quadratic.Gradient);
    private static readonly TrainData<float> Data = new(Quadratic.Batch, step => step);

    private readonly string path = Path.GetTempFileName();

    public static TheoryData<string> Optimizers => Laws.Catalogue.Names;

    public void Dispose() => File.Delete(path);

    [Fact]
    public async Task The_loop_is_the_fold_of_the_pure_step()
    {
        List<StepReport> told = [];
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(10, evaluateEvery: 4, evaluationBatches: 2, tokensPerBatch: 64), Model, Chain, Data,
            Start(), new Sink(told.Add));

        TrainState<float> state = Start();
        Assert.Equal(10, result.History.Count);
        foreach (StepReport report in result.History)
        {
            (state, StepOutcome outcome) = TrainStep.Run(
                Chain, Quadratic.Gradient, state, Quadratic.Batch(state.Step + 1));
            Assert.Equal((state.Step, 10), (report.Step, report.TotalSteps));
            Assert.Equal(
                outcome, new StepOutcome(report.Loss, report.GradientNorm, report.LearningRate, Skipped: false));
            double held = (Quadratic.Loss(state.Parameters, 1) + Quadratic.Loss(state.Parameters, 2)) / 2;
            Assert.Equal(state.Step is 4 or 8 or 10 ? held : null, report.ValidationLoss);
            Assert.InRange(report.OptimizerMilliseconds, 0, report.StepMilliseconds);
            Assert.True(report.TokensPerSecond > 0);
            Assert.Equal(state.Step == 10, report.Remaining == TimeSpan.Zero);
        }

        Assert.Equal(state, result.State);
        Assert.Equal((StopReason.Completed, null), (result.Reason, result.Failure));
        Assert.Equal(result.History, told);
        double[] sorted = [.. told.Select(report => report.StepMilliseconds).Order()];
        Assert.Equal((sorted[4] + sorted[5]) / 2, result.MillisecondsPerStep);
    }

    /// <summary>
    /// The loss of an evaluation is that of the average, whose memory is released; it does not affect training.
    /// </summary>
    [Fact]
    public async Task Evaluation_and_result_have_the_evaluation_parameters_of_the_optimizer()
    {
        Optimizer[] optimizers =
        [
            ScheduleFree.Of(AdamW.Of(0.1)),
            Accumulate.Of(2, AdamW.Of(0.1).Then(ParameterEma.Of(0.5))),
            Sgd.Of(0.1).Then(Swa.Of(start: 4)),
            Chain,
        ];
        foreach (Optimizer optimizer in optimizers)
        {
            List<ParameterTree<float>> evaluated = [];
            TrainModel<float, float> model = new(Quadratic.Gradient, (parameters, batch) =>
            {
                evaluated.Add(parameters);
                return Quadratic.Loss(parameters, batch);
            });
            TrainResult<float> result = await Trainer.Run(
                TrainerOptions.Of(10, evaluateEvery: 1, evaluationBatches: 1),
                model,
                optimizer,
                Data,
                TrainState.Init(optimizer, Start().Parameters));
            TrainResult<float> blind = await Trainer.Run(
                TrainerOptions.Of(10),
                Plain,
                optimizer,
                new TrainData<float>(Quadratic.Batch),
                TrainState.Init(optimizer, Start().Parameters));
            Assert.Equal(blind.State, result.State);
            Assert.Equal(blind.EvaluationParameters, result.EvaluationParameters);

            TrainState<float> state = TrainState.Init(optimizer, Start().Parameters);
            foreach (StepReport report in result.History)
            {
                (state, _) = TrainStep.Run(optimizer, Quadratic.Gradient, state, Quadratic.Batch(state.Step + 1));
                ParameterTree<float> expected = optimizer.EvaluationParameters(state.Parameters, state.Optimizer);
                Assert.Equal(Quadratic.Loss(expected, 1), report.ValidationLoss);
            }

            Assert.Equal(
                optimizer.EvaluationParameters(state.Parameters, state.Optimizer), result.EvaluationParameters);
            bool isTheta = result.EvaluationParameters.IsIn(result.State.Parameters);
            Assert.Equal(optimizer == Chain, isTheta);
            if (!isTheta)
                Assert.All(evaluated, tree => Assert.Throws<ObjectDisposedException>(() => tree.GlobalNorm()));
        }
    }

    /// <summary>Three gradients are gathered for each update; the last update of the run has what is left.</summary>
    [Theory]
    [InlineData(9, 3)]
    [InlineData(10, 4)]
    [InlineData(11, 4)]
    [InlineData(2, 1)]
    public async Task The_last_step_completes_an_update_with_the_gradients_that_are_left(int steps, int updates)
    {
        Optimizer[] optimizers =
        [
            Accumulate.Of(3, Sgd.Of(0.1)), ApplyIfFinite.Around(Accumulate.Of(3, Sgd.Of(0.1))),
        ];
        foreach (Optimizer optimizer in optimizers)
        {
            TrainState<float> state = (await Trainer.Run(
                TrainerOptions.Of(steps), Plain, optimizer, new(Quadratic.Batch),
                TrainState.Init(optimizer, Quadratic.Start()))).State;
            Assert.Equal((steps, updates, 0), (
                state.Step, state.Optimizer.Step, state.Optimizer.Counters.Accumulated));
            // The gradient is linear in the batch, so the mean of the gradients is that of the mean batch.
            ParameterTree<float> expected = Quadratic.Start();
            for (int first = 1; first <= steps; first += 3)
            {
                float batch = Enumerable.Range(first, Math.Min(3, steps - first + 1)).Average(
                    step => Quadratic.Batch(step));
                (expected, _) = Sgd.Of(0.1).Step(
                    expected, Quadratic.Gradient(expected, batch, 1).Gradients, Sgd.Of(0.1).Init(expected));
            }

            float[] made = state.Parameters.AsSpan().ToArray(), right = expected.AsSpan().ToArray();
            for (int index = 0; index < made.Length; index++) Assert.Equal(right[index], made[index], 1e-6f);
        }
    }

    [Fact]
    public async Task Reports_come_at_their_interval_and_with_each_evaluation_and_at_the_end()
    {
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(11, evaluateEvery: 5, reportEvery: 3), Model, Chain, Data, Start());
        Assert.Equal([3, 5, 6, 9, 10, 11], result.History.Select(report => report.Step));
    }

    [Theory]
    [MemberData(nameof(Optimizers))]
    public async Task A_run_resumed_from_a_file_has_the_bits_of_one_that_was_not_interrupted(string name)
    {
        // A copy: an optimizer has plans for a few layouts, and the laws that run at the same time use another one.
        Optimizer optimizer = Laws.Catalogue.Get(name) with { };
        TrainData<float> data = new(step => step is 2 or 6 ? float.NaN : Quadratic.Batch(step));
        async Task<TrainState<float>> Train(TrainState<float> from, int stop) => (await Trainer.Run(
            TrainerOptions.Of(9, nonFinitePolicy: NonFinitePolicy.Skip), Plain, optimizer, data, from,
            hooks: [StopAt.Step(stop)])).State;

        TrainState<float> whole = await Train(TrainState.Init(optimizer, Quadratic.Start()), 9);
        TrainState<float> saved = await Train(TrainState.Init(optimizer, Quadratic.Start()), 4);
        CheckpointFile.Save<float>(new(saved), path);
        TrainState<float> loaded = CheckpointFile.Load<float>(path).ThrowIfFail().State;
        Assert.Equal(saved, loaded);
        Assert.Equal(saved.Parameters, ParameterFile.Load<float>(path).ThrowIfFail());
        Assert.Equal(whole, await Train(loaded, 9));
        Assert.Equal((9, 2), (whole.Step, whole.SkippedSteps));
    }

    /// <summary>A gradient that is finite, while its square is not.</summary>
    [Theory]
    [InlineData(1, 4)]
    [InlineData(3, 6)]
    [InlineData(100, 10)]
    public async Task A_state_that_is_not_finite_ends_the_run_at_the_next_report_unless_its_leaf_is_frozen(
        int reportEvery, int found)
    {
        Optimizer adagrad = Adagrad.Of(0.1);
        ParameterTree<float> Start() =>
            ParameterTree.Of(Leaf.Of("mask", [2], [1, float.NegativeInfinity]), Leaf.Of("w", [3], [1f, 2, 3]));
        TrainModel<float, float> model = new(
            (at, batch, _) => (1, ParameterTree.Of(Leaf.Of("mask", [2], [0f, 0]), Leaf.Of("w", [3], [1, batch, 1]))));
        TrainData<float> data = new(step => step == 4 ? 1e20f : 1);
        TrainResult<float> mask = await Trainer.Run(
            TrainerOptions.Of(10), model, adagrad, data, TrainState.Init(adagrad, Start()));
        Assert.Equal(("mask", 1, 1), (mask.Failure!.Leaf, mask.Failure.Step, mask.History.Count));

        adagrad = adagrad.WithGroups(LeafGroup.Frozen("mask", leaf => leaf.Name == "mask"));
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(10, reportEvery: reportEvery), model, adagrad, data, TrainState.Init(adagrad, Start()));
        Assert.Equal((StopReason.NonFinite, found, found), (result.Reason, result.State.Step, result.Failure!.Step));
        Assert.Equal("w", result.Failure.Leaf);
        Assert.StartsWith(
            $"The numbers in sum of 'w' are not finite after step {found}: ",
            result.Failure.Message,
            StringComparison.Ordinal);
        Assert.Equal(found, result.History[^1].Step);
        TrainResult<float> fine = await Trainer.Run(
            TrainerOptions.Of(10), model, adagrad, new TrainData<float>(_ => 1), TrainState.Init(adagrad, Start()));
        Assert.Equal(StopReason.Completed, fine.Reason);
    }

    [Theory]
    [InlineData(100, 100, 64)]
    [InlineData(1000, 100, 64)]
    [InlineData(1000, 1, 64)]
    [InlineData(1003, 7, 2)]
    public async Task A_history_is_bounded_and_spread_over_the_run_and_ends_with_the_last_step(
        int steps, int evaluateEvery, int maxReports)
    {
        List<StepReport> told = [];
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(steps, evaluateEvery, evaluationBatches: 1, maxReports: maxReports), Model, Chain, Data,
            Start(), new Sink(told.Add));
        long[] kept = [.. result.History.Select(report => report.Step)];
        Assert.Equal(steps, told.Count);
        Assert.InRange(kept.Length, maxReports / 4, maxReports);
        Assert.Equal(kept.Distinct().Order(), kept);
        Assert.Equal(steps, kept[^1]);
        Assert.Subset(told.ToHashSet(), result.History.ToHashSet());
        if (maxReports == 64)
        {
            Assert.All(
                kept.Zip(kept.Skip(1)),
                pair => Assert.InRange(pair.Item2 - pair.Item1, 1, Math.Max(32, evaluateEvery)));
        }
        if (evaluateEvery == 100)
            Assert.Equal(steps / 100, result.History.Count(report => report.ValidationLoss is not null));
        TrainResult<float> again = await Trainer.Run(
            TrainerOptions.Of(steps, evaluateEvery, evaluationBatches: 1, maxReports: maxReports),
            Model,
            Chain,
            Data,
            Start());
        Assert.Equal(kept, again.History.Select(report => report.Step));
    }

    [Fact]
    public async Task An_optimizer_that_skips_gradients_does_so_under_the_trainer_whatever_the_policy()
    {
        Optimizer watched = ApplyIfFinite.Around(Sgd.Of(0.1), maxConsecutiveSkips: 2);
        foreach (NonFinitePolicy policy in Enum.GetValues<NonFinitePolicy>())
        {
            TrainResult<float> one = await Trainer.Run(
                TrainerOptions.Of(5, nonFinitePolicy: policy),
                Plain,
                watched,
                new(step => step == 3 ? float.NaN : Quadratic.Batch(step)),
                TrainState.Init(watched, Quadratic.Start()));
            Assert.Equal(
                (StopReason.Completed, 5, 4, 1),
                (one.Reason, one.State.Step, one.State.Optimizer.Step, one.State.SkippedSteps));
            TrainResult<float> many = await Trainer.Run(
                TrainerOptions.Of(1000, nonFinitePolicy: policy),
                Plain,
                watched,
                new(_ => float.NaN),
                TrainState.Init(watched, Quadratic.Start()));
            Assert.Equal(
                (StopReason.NonFinite, 2, 2),
                (many.Reason, many.State.SkippedSteps, many.State.Optimizer.Counters.ConsecutiveSkips));
        }
    }

    [Fact]
    public void Missing_arguments_of_a_run_are_reported_at_once()
    {
        Assert.Throws<ArgumentNullException>(() => new TrainModel<float, int>(null!));
        Assert.Throws<ArgumentNullException>(() => Plain with { Gradient = null! });
        Assert.Throws<ArgumentNullException>(() => new TrainData<int>(null!));
        Assert.Throws<ArgumentNullException>(() => Data with { Training = null! });
        Assert.Throws<ArgumentNullException>(() => { MetricsFile.Write(null!, path + ".csv"); });
        Assert.False(File.Exists(path + ".csv"));
    }

    [Fact]
    public async Task Cancelling_stops_after_the_running_step()
    {
        using CancellationTokenSource source = new();
        TrainModel<float, float> model = new((at, batch, step) =>
        {
            if (step == 5) source.Cancel();
            return Quadratic.Gradient(at, batch, step);
        });
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(long.MaxValue, reportEvery: 100), model, Chain, new(Quadratic.Batch), Start(),
            cancellationToken: source.Token);
        Assert.Equal((StopReason.Cancelled, 5), (result.Reason, result.State.Step));
        Assert.Equal((5, TimeSpan.MaxValue), (Assert.Single(result.History).Step, result.History[0].Remaining));
        TrainResult<float> resumed = await Trainer.Run(TrainerOptions.Of(10), Model, Chain, Data, result.State);
        TrainResult<float> whole = await Trainer.Run(TrainerOptions.Of(10), Model, Chain, Data, Start());
        Assert.Equal(whole.State, resumed.State);
    }

    [Fact]
    public async Task A_source_that_watches_the_token_cancels_before_its_step()
    {
        using CancellationTokenSource source = new();
        TrainModel<float, float> model = new((at, batch, step) =>
        {
            if (step == 5) source.Cancel();
            source.Token.ThrowIfCancellationRequested();
            return Quadratic.Gradient(at, batch, step);
        });
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(10), model, Chain, new(Quadratic.Batch), Start(), cancellationToken: source.Token);
        Assert.Equal((StopReason.Cancelled, 4, 4), (result.Reason, result.State.Step, result.History.Count));
    }

    [Fact]
    public async Task A_gradient_that_is_not_finite_ends_the_run_with_its_history_and_a_state_to_continue_from()
    {
        TrainData<float> spoilt = new(step => step == 4 ? float.NaN : Quadratic.Batch(step));
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(10), Plain, Chain, spoilt, Start());
        Assert.Equal((StopReason.NonFinite, 3, 3), (result.Reason, result.State.Step, result.History.Count));
        Assert.Equal(("bias", 4), (result.Failure!.Leaf, result.Failure.Step));
        TrainResult<float> three = await Trainer.Run(
            TrainerOptions.Of(3), Plain, Chain, new(Quadratic.Batch), Start());
        Assert.Equal(three.State, result.State);
    }

    [Fact]
    public async Task Any_other_exception_carries_the_state_and_the_history()
    {
        TrainData<float> broken = new(
            step => step == 4 ? throw new InvalidDataException("no batch") : Quadratic.Batch(step));
        TrainingException<float> exception = await Assert.ThrowsAsync<TrainingException<float>>(() => Trainer.Run(
            TrainerOptions.Of(10), Plain, Chain, broken, Start()));
        Assert.Equal((3, 3), (exception.State.Step, exception.History.Count));
        Assert.IsType<InvalidDataException>(exception.InnerException);
        Assert.True(exception.State.Parameters.GlobalNorm() > 0);
    }

    [Theory]
    [InlineData(NonFinitePolicy.Throw)]
    [InlineData(NonFinitePolicy.Skip)]
    [InlineData(NonFinitePolicy.Zero)]
    [InlineData(NonFinitePolicy.Throw, StateFormat.BFloat16)]
    public async Task A_step_allocates_nothing_in_the_steady_state(
        NonFinitePolicy policy, StateFormat format = StateFormat.Full)
    {
        Optimizer optimizer = Chain.WithState(format);
        long[] allocated = new long[101];
        TrainModel<float, float> model = new(
            (at, batch, step) =>
            {
                allocated[step] = GC.GetAllocatedBytesForCurrentThread();
                return Quadratic.Gradient(at, batch, step);
            },
            Quadratic.Loss);
        TrainData<float> data = new(
            step => policy != NonFinitePolicy.Throw && step % 3 == 0 ? float.NaN : Quadratic.Batch(step),
            Quadratic.Batch);
        int reports = 0;
        await Trainer.Run(
            TrainerOptions.Of(100, evaluateEvery: 7, nonFinitePolicy: policy),
            model,
            optimizer,
            data,
            TrainState.Init(optimizer, Quadratic.Start()),
            new Sink(_ => reports++));
        Assert.Equal(100, reports);
        // The minimum over windows of a full turn of evaluations and of spoilt batches, as in SteadyAllocation:
        // tables of the runtime grow now and then.
        const int turn = 21;
        Assert.Equal(
            0, Enumerable.Range(1, 3).Min(window => allocated[(window + 1) * turn] - allocated[window * turn]));
    }

    [Fact]
    public async Task Every_error_of_the_options_is_listed_and_half_an_evaluation_is_rejected()
    {
        string message = Assert.ThrowsAny<ArgumentException>(
            () => TrainerOptions.Of(0, 0, 0, 0, 0, (NonFinitePolicy)9, 1)).Message;
        string[] names =
        [
            "steps",
            "evaluateEvery",
            "evaluationBatches",
            "reportEvery",
            "tokensPerBatch",
            "Policy is 9",
            "maxReports is 1",
        ];
        foreach (string name in names)
            Assert.Contains(name, message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Trainer.Run(TrainerOptions.Of(1), Model, Chain, new(Quadratic.Batch), Start()));
    }

    [Fact]
    public async Task Metrics_are_one_line_for_each_report_and_the_same_in_any_culture()
    {
        TrainResult<float> result = await Trainer.Run(
            TrainerOptions.Of(3, evaluateEvery: 2), Model, Chain, Data, Start());
        using DecimalComma culture = new();
        MetricsFile.Write(result.History, path);
        string[] lines = File.ReadAllLines(path);
        Assert.StartsWith(
            "step,loss,validationLoss,learningRate,gradientNorm,tokensPerSecond,milliseconds,", lines[0],
            StringComparison.Ordinal);
        Assert.Equal(4, lines.Length);
        StepReport first = result.History[0];
        Assert.StartsWith(
            FormattableString.Invariant(
                $"1,{first.Loss},,0.05,{first.GradientNorm},{first.TokensPerSecond},{first.StepMilliseconds},"),
            lines[1], StringComparison.Ordinal);
        Assert.Equal(
            result.History[1].ValidationLoss, double.Parse(lines[2].Split(',')[2], CultureInfo.InvariantCulture));
    }

    private static TrainState<float> Start() => TrainState.Init(Chain, Quadratic.Start());

    private sealed class Sink(Action<StepReport> tell) : IProgress<StepReport>
    {
        public void Report(StepReport value) => tell(value);
    }
}
