using System.Collections.Immutable;
using System.Diagnostics;
using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>One run of <see cref="Trainer"/>.</summary>
internal sealed class TrainLoop<T, TBatch>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TrainerOptions options;
    private readonly TrainModel<T, TBatch> model;
    private readonly Optimizer given;
    private readonly TrainData<TBatch> data;
    private readonly IProgress<StepReport>? progress;
    private readonly CancellationToken cancellation;
    private readonly HookList hooks;
    private readonly ImmutableSortedDictionary<string, string> remembered;
    private readonly Checkpoint<T> start;
    private readonly ReportHistory history;
    private readonly Notices notices;
    private readonly FiniteState<T> finite;
    private readonly BatchFunction<T, TBatch>? function;
    private readonly Func<double, double, bool>? accepts;
    private readonly ImmutableArray<string> scalars;
    private readonly long began = Stopwatch.GetTimestamp();
    private readonly long startStep;
    private Optimizer optimizer;
    private RollBacks rollBacks;
    private CutEvaluation? cut;
    private TrainState<T> state;
    private long firstStep;
    private long reported;
    private TimeSpan stepTime;
    private TimeSpan optimizerTime;
    private string stopped = "";
    private bool hasEnded;

    internal TrainLoop(
        TrainerOptions options,
        TrainModel<T, TBatch> model,
        Optimizer optimizer,
        TrainData<TBatch> data,
        Checkpoint<T> start,
        IProgress<StepReport>? progress,
        ImmutableArray<TrainHook> hooks,
        CancellationToken cancellation)
    {
        (this.options, this.model, given, this.data) = (options, model, optimizer, data);
        (this.start, this.progress, this.cancellation) = (start, progress, cancellation);
        state = start.State;
        startStep = state.Step;
        this.hooks = new HookList(hooks);
        remembered = start.Memory.Remove(CutEvaluation.Key);
        cut = CutEvaluation.Parse(start.Memory.GetValueOrDefault(CutEvaluation.Key, ""));
        notices = new Notices(options.Notify);
        double left = Math.Max(options.Steps - state.Step, 0);
        history = new(options, (left / options.ReportEvery) + (left / options.EvaluateEvery) + 2);
        finite = new(optimizer, state.Parameters.Layout);
        function = optimizer is FunctionOptimizer ? new(model.Gradient) : null;
        accepts = this.hooks.IsEmpty ? null : Accept;
        scalars = NamedScalars.NamesOf(optimizer);
        this.optimizer = optimizer;
    }

    internal TrainResult<T> Run()
    {
        try
        {
            (StopReason reason, NonFiniteGradientException? failure) = Train();
            End();
            return new(state, history.Reports, reason, failure)
            {
                EvaluationParameters = optimizer.EvaluationParameters(state.Parameters, state.Optimizer),
                Notices = notices.ToImmutable(),
                Stopped = stopped,
            };
        }
        catch (Exception exception)
        {
            try
            {
                // Where one of several processes throws, the others do not write with it.
                End(isGiven: state.Step > startStep && start.State.Parameters.Layout.Shard is null);
            }
            catch (Exception later)
            {
                // The first cause is thrown.
                notices.Add(later.Message);
            }

            throw new TrainingException<T>(state, history.Reports, exception);
        }
    }

    private (StopReason Reason, NonFiniteGradientException? Failure) Train()
    {
        try
        {
            rollBacks = RollBacks.Parse(start.Memory.GetValueOrDefault(RollBacks.Key, ""));
            Begin(start.Memory);
            if (cut is { } step) Complete(step);
            while (state.Step < options.Steps && stopped.Length == 0 && !cancellation.IsCancellationRequested) Step();
            return (Reason(), null);
        }
        catch (NonFiniteGradientException exception)
        {
            return (StopReason.NonFinite, exception);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // A source that watches the token has stopped; the state is that of the last finished step.
            return (Reason(), null);
        }
    }

    /// <summary>Starts at a state, or again after going back to one.</summary>
    private void Begin(ImmutableSortedDictionary<string, string> memory)
    {
        optimizer = given.ScaleLearningRate(rollBacks.RateFactor);
        (firstStep, reported, stepTime, optimizerTime) = (state.Step, state.Step, default, default);
        hooks.Start(new HookStart(state.Step, options.Steps, "", rollBacks.Count, notices.Add), memory);
        if (hooks.Begin() is { Action: HookAction.Stop } request) Stop(request.Reason);
    }

    /// <summary>Evaluates and reports the step that the run before did not.</summary>
    private void Complete(CutEvaluation step)
    {
        bool last = state.Step == options.Steps;
        if (last) optimizer = Accumulate.Completing(optimizer);
        (reported, stepTime, optimizerTime) = (state.Step - step.Steps, step.StepTime, step.OptimizerTime);
        if (Report(state.Step, last, step.Outcome) is { } report)
            Follow(hooks.Ask(new TrainMoment<T>(optimizer, state, step.Outcome, report), needingBefore: false));
    }

    private void Step()
    {
        long step = state.Step + 1;
        bool last = step == options.Steps;
        if (last) optimizer = Accumulate.Completing(optimizer);
        ParameterTree<T> before = default, gradientsBefore = default;
        long stepBegan = Stopwatch.GetTimestamp(), differentiated;
        TBatch batch = data.Training(step);
        StepPolicy policy = new(options.NonFinitePolicy, options.MaxConsecutiveSkips, accepts);
        StepOutcome outcome;
        TimeSpan sourceTime = default;
        if (function is null)
        {
            (double loss, ParameterTree<T> gradients) = model.Gradient(state.Parameters, batch, step);
            differentiated = Stopwatch.GetTimestamp();
            if (hooks.NeedBefore(step)) (before, gradientsBefore) = (state.Parameters.Copy(), gradients.Copy());
            (state, outcome) = TrainStep.Apply(optimizer, loss, gradients, state, policy, donate: true);
        }
        else
        {
            differentiated = Stopwatch.GetTimestamp();
            (state, outcome) = TrainStep.Apply(
                (FunctionOptimizer)optimizer, function, state, batch, policy, donate: true);
            sourceTime = function.SourceTime;
        }

        long ended = Stopwatch.GetTimestamp();
        stepTime += Stopwatch.GetElapsedTime(stepBegan, ended);
        optimizerTime += Stopwatch.GetElapsedTime(differentiated, ended) - sourceTime;
        outcome = outcome with { LearningRate = outcome.LearningRate * rollBacks.RateFactor };
        StepReport? report = Report(step, last, outcome);
        if (!hooks.IsEmpty)
        {
            Follow(hooks.Ask(new TrainMoment<T>(optimizer, state, outcome, report)
            {
                Before = before, Gradients = gradientsBefore,
            }, needingBefore: cut is null ? null : true));
        }

        if (before.IsDefault) return;
        before.Release(nameof(Trainer));
        gradientsBefore.Release(nameof(Trainer));
    }

    /// <summary>Evaluates and reports, where a step is due for it.</summary>
    private StepReport? Report(long step, bool last, StepOutcome outcome)
    {
        cut = null;
        double? validationLoss = last || step % options.EvaluateEvery == 0 ? Evaluate(step, outcome) : null;
        // A run with hooks can be continued, which must not show in its reports.
        if (cut is not null) return null;
        bool isDue = last || step % options.ReportEvery == 0 || validationLoss is not null
            || (hooks.IsEmpty && cancellation.IsCancellationRequested);
        if (!isDue) return null;

        TimeSpan elapsed = Stopwatch.GetElapsedTime(began), interval = stepTime / Math.Max(step - reported, 1);
        double ticksPerStep = elapsed.Ticks / (double)Math.Max(step - firstStep, 1);
        StepReport report = new(
            step,
            options.Steps,
            outcome.Loss,
            outcome.LearningRate,
            outcome.GradientNorm,
            TokensPerSecond: options.TokensPerBatch / interval.TotalSeconds,
            Remaining: new TimeSpan((long)(ticksPerStep * (options.Steps - step))),
            validationLoss,
            interval.TotalMilliseconds,
            (optimizerTime / (step - reported)).TotalMilliseconds,
            state.SkippedSteps)
        {
            Scalars = NamedScalars.Of(scalars, state.Optimizer),
        };
        history.Add(report);
        (reported, stepTime, optimizerTime) = (step, default, default);
        progress?.Report(report);
        finite.Require(state);
        return report;
    }

    private double? Evaluate(long step, StepOutcome outcome)
    {
        if (model.Loss is not { } lossOf || data.Validation is not { } batches) return null;
        if (!hooks.IsEmpty) cut = new(outcome, step - reported, stepTime, optimizerTime);
        ParameterTree<T> evaluated = optimizer.EvaluationParameters(state.Parameters, state.Optimizer);
        try
        {
            double sum = 0;
            for (int batch = 1; batch <= options.EvaluationBatches; batch++)
            {
                if (cancellation.IsCancellationRequested) return null;
                sum += lossOf(evaluated, batches(batch));
            }

            cut = null;
            return sum / options.EvaluationBatches;
        }
        finally
        {
            if (!evaluated.IsIn(state.Parameters)) evaluated.Release(nameof(Trainer));
        }
    }

    private bool Accept(double loss, double norm) => hooks.Accept(state.Step + 1, loss, norm);

    /// <summary>Does what the hooks ask for.</summary>
    private void Follow(HookRequest request)
    {
        if (request.Action == HookAction.RollBack)
        {
            GoBack(request);
            return;
        }

        if (hooks.WantCheckpoint)
        {
            // What is written must be worth going on from.
            finite.Require(state);
            hooks.Give(Checkpoint());
        }

        if (request.Action == HookAction.Stop) Stop(request.Reason);
    }

    private void GoBack(HookRequest request)
    {
        if (hooks.LastGood<T>(given, beforeStep: state.Step - 1) is not { } checkpoint)
        {
            Stop($"{request.Reason}; there is no checkpoint to go back to");
            return;
        }

        rollBacks = rollBacks.With(request.RateFactor);
        notices.Add(FormattableString.Invariant(
            $"{request.Reason}; going back to step {checkpoint.Step}, with {rollBacks.RateFactor:g4} of the rate"));
        state = checkpoint.State;
        history.RemoveAfter(state.Step);
        Begin(checkpoint.Memory);
    }

    private void Stop(string reason)
    {
        stopped = reason.Length > 0 ? reason : "a hook asked for it";
        notices.Add(stopped);
    }

    private Checkpoint<T> Checkpoint() => new(state)
    {
        OptimizerText = OptimizerText.Of(given).Match(Succ: text => text, Fail: _ => ""),
        Configuration = options.Configuration,
        Memory = hooks.Remember(Remember(RollBacks.Key, rollBacks, Remember(CutEvaluation.Key, cut, remembered))),
    };

    private static ImmutableSortedDictionary<string, string> Remember<TValue>(
        string key, TValue value, ImmutableSortedDictionary<string, string> memory) =>
        value?.ToString() is { Length: > 0 } text ? memory.SetItem(key, text) : memory;

    private StopReason Reason() => stopped.Length > 0 ? StopReason.Stopped
        : state.Step < options.Steps || cut is not null ? StopReason.Cancelled
        : StopReason.Completed;

    /// <summary>Gives the last state to the hooks, unless a number of it is not finite.</summary>
    /// <param name="isGiven">
    /// Whether to give it at all. Where no step was made, what is saved stays: it is good, with its own settings.
    /// </param>
    private void End(bool isGiven = true)
    {
        if (hooks.IsEmpty || hasEnded) return;
        hasEnded = true;
        Checkpoint<T>? last = null;
        try
        {
            if (isGiven)
            {
                finite.Require(state);
                last = Checkpoint();
            }
        }
        catch (NonFiniteGradientException)
        {
            // The last checkpoint of a good state stays the newest one.
        }

        hooks.End(last);
    }
}
