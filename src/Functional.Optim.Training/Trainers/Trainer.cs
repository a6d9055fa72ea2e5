using System.Diagnostics;
using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>The loop around <see cref="TrainStep"/>: batches, evaluation, progress, cancellation and the clock.</summary>
public static class Trainer
{
    /// <summary>
    /// Trains from a state to <see cref="TrainerOptions.Steps"/> on a thread of the pool. It consumes the state; the result holds its
    /// successor, whatever ended the run. A step of the steady state allocates nothing that the sources do not.
    /// </summary>
    /// <remarks>
    /// A gradient can be finite and too large all the same: its square makes a slot infinite, and the parameter then stands still. Each
    /// report, the last step's among them, looks through parameters and state, frozen leaves left out, and ends the run where a number
    /// is not finite; <see cref="TrainerOptions.ReportEvery"/> says how often. The loss of an evaluation is that of
    /// <see cref="Optimizer.EvaluationParameters"/>, which training does not notice.
    /// </remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TBatch">The batch.</typeparam>
    /// <param name="options">How long to train, and how often to look.</param>
    /// <param name="model">The gradients, and the loss for evaluation.</param>
    /// <param name="optimizer">The optimizer, with its clipping and its schedule.</param>
    /// <param name="data">The batches.</param>
    /// <param name="state">Where to start: <see cref="TrainState.Init"/>, or a state that was saved; consumed.</param>
    /// <param name="progress">Who is told each report, on the thread of the loop.</param>
    /// <param name="cancellationToken">Stops the run after the step it is at; an evaluation stops after its batch, without a loss.</param>
    /// <returns>The result; a run that was cancelled has one too.</returns>
    /// <exception cref="ArgumentException">There is a loss without validation batches, or the other way round.</exception>
    /// <exception cref="TrainingException{T}">The model, the data, the optimizer or the progress threw.</exception>
    public static Task<TrainResult<T>> Run<T, TBatch>(
        TrainerOptions options, TrainModel<T, TBatch> model, Optimizer optimizer, TrainData<TBatch> data, TrainState<T> state,
        IProgress<StepReport>? progress = null, CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(data);
        if (model.Loss is null != data.Validation is null)
            throw new ArgumentException("An evaluation takes a loss of the model and validation batches; one of them is null.", nameof(model));
        return Task.Run(() => Loop(options, model, optimizer, data, state, progress, cancellationToken), CancellationToken.None);
    }

    private static TrainResult<T> Loop<T, TBatch>(
        TrainerOptions options, TrainModel<T, TBatch> model, Optimizer optimizer, TrainData<TBatch> data, TrainState<T> state,
        IProgress<StepReport>? progress, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double left = Math.Max(options.Steps - state.Step, 0);
        ReportHistory history = new(options, (left / options.ReportEvery) + (left / options.EvaluateEvery) + 2);
        long first = state.Step, reported = state.Step, started = Stopwatch.GetTimestamp();
        TimeSpan stepTime = default, optimizerTime = default;
        try
        {
            FiniteState<T> finite = new(optimizer, state.Parameters.Layout);
            FunctionOptimizer? asking = optimizer as FunctionOptimizer;
            BatchFunction<T, TBatch>? function = asking is null ? null : new(model.Gradient);
            while (state.Step < options.Steps && !cancellationToken.IsCancellationRequested)
            {
                long step = state.Step + 1;
                long began = Stopwatch.GetTimestamp();
                TBatch batch = data.Training(step);
                StepOutcome outcome;
                TimeSpan sourceTime = default;
                long differentiated;
                if (asking is null)
                {
                    (double loss, ParameterTree<T> gradients) = model.Gradient(state.Parameters, batch, step);
                    differentiated = Stopwatch.GetTimestamp();
                    (state, outcome) = TrainStep.Apply(optimizer, loss, gradients, state, options.NonFinitePolicy, donate: true);
                }
                else
                {
                    differentiated = Stopwatch.GetTimestamp();
                    (state, outcome) = TrainStep.Apply(asking, function!, state, batch, options.NonFinitePolicy, donate: true);
                    sourceTime = function!.SourceTime;
                }

                long ended = Stopwatch.GetTimestamp();
                stepTime += Stopwatch.GetElapsedTime(began, ended);
                optimizerTime += Stopwatch.GetElapsedTime(differentiated, ended) - sourceTime;

                bool last = step == options.Steps;
                double? validationLoss = last || step % options.EvaluateEvery == 0
                    ? Evaluate(model.Loss, data.Validation, optimizer, state, options.EvaluationBatches, cancellationToken)
                    : null;
                bool due = last || step % options.ReportEvery == 0 || validationLoss is not null;
                if (!due && !cancellationToken.IsCancellationRequested) continue;

                TimeSpan elapsed = Stopwatch.GetElapsedTime(started), interval = stepTime / (step - reported);
                StepReport report = new(
                    step, options.Steps, outcome.Loss, outcome.LearningRate, outcome.GradientNorm,
                    TokensPerSecond: options.TokensPerBatch / interval.TotalSeconds,
                    Remaining: new TimeSpan((long)(elapsed.Ticks / (double)(step - first) * (options.Steps - step))),
                    validationLoss, interval.TotalMilliseconds, (optimizerTime / (step - reported)).TotalMilliseconds, state.SkippedSteps);
                history.Add(report);
                (reported, stepTime, optimizerTime) = (step, default, default);
                progress?.Report(report);
                finite.Require(state);
            }

            return Ended(state.Step < options.Steps ? StopReason.Cancelled : StopReason.Completed);
        }
        catch (NonFiniteGradientException exception)
        {
            return Ended(StopReason.NonFinite, exception);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // A source that watches the token gave up; the state is that of the last step that was finished.
            return Ended(state.Step < options.Steps ? StopReason.Cancelled : StopReason.Completed);
        }
        catch (Exception exception)
        {
            throw new TrainingException<T>(state, history.Reports, exception);
        }

        TrainResult<T> Ended(StopReason reason, NonFiniteGradientException? failure = null) => new(state, history.Reports, reason, failure)
        {
            EvaluationParameters = optimizer.EvaluationParameters(state.Parameters, state.Optimizer),
        };
    }

    private static double? Evaluate<T, TBatch>(
        LossSource<T, TBatch>? lossOf, BatchSource<TBatch>? batches, Optimizer optimizer, TrainState<T> state, int count,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (lossOf is null || batches is null) return null;
        ParameterTree<T> evaluated = optimizer.EvaluationParameters(state.Parameters, state.Optimizer);
        try
        {
            double sum = 0;
            for (int batch = 1; batch <= count; batch++)
            {
                if (cancellationToken.IsCancellationRequested) return null;
                sum += lossOf(evaluated, batches(batch));
            }

            return sum / count;
        }
        finally
        {
            if (!evaluated.IsIn(state.Parameters)) evaluated.Release(nameof(Trainer));
        }
    }
}
