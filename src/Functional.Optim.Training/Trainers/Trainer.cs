using System.Diagnostics;
using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>The loop around <see cref="TrainStep"/>: batches, evaluation, reports, cancellation and timing.</summary>
public static class Trainer
{
    /// <summary>
    /// Trains from a state up to <see cref="TrainerOptions.Steps"/>, on a thread of the pool. It consumes the
    /// state; the result has the next one, whatever ended the run. In the steady state a step allocates
    /// nothing besides what the sources allocate.
    /// </summary>
    /// <remarks>
    /// A gradient can be finite and still too large: its square makes a slot infinite, and the parameter then never
    /// changes again. So each report, that of the last step included, checks parameters and state, except frozen
    /// leaves, and ends the run when a number is not finite. <see cref="TrainerOptions.ReportEvery"/> sets how often.
    /// Evaluations use <see cref="Optimizer.EvaluationParameters"/> and do not affect training.
    /// </remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TBatch">The type of a batch.</typeparam>
    /// <param name="options">The number of steps, and how often to report and evaluate.</param>
    /// <param name="model">The gradients, and the loss for evaluation.</param>
    /// <param name="optimizer">The optimizer, with its clipping and its schedule.</param>
    /// <param name="data">The batches.</param>
    /// <param name="state">The initial state, from <see cref="TrainState.Init"/> or a file; consumed.</param>
    /// <param name="progress">Gets each report, on the thread of the loop.</param>
    /// <param name="cancellationToken">
    /// Stops the run after the current step. An evaluation stops after its current batch, without a loss.
    /// </param>
    /// <returns>The result, also of a run that was cancelled.</returns>
    /// <exception cref="ArgumentException">
    /// There is a loss without validation batches, or validation batches without a loss.
    /// </exception>
    /// <exception cref="TrainingException{T}">
    /// The model, the data, the optimizer or the progress threw an exception.
    /// </exception>
    public static Task<TrainResult<T>> Run<T, TBatch>(
        TrainerOptions options,
        TrainModel<T, TBatch> model,
        Optimizer optimizer,
        TrainData<TBatch> data,
        TrainState<T> state,
        IProgress<StepReport>? progress = null,
        CancellationToken cancellationToken = default)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(data);
        if (model.Loss is null != data.Validation is null)
        {
            throw new ArgumentException(
                "An evaluation takes a loss of the model and validation batches; one of them is null.", nameof(model));
        }

        return Task.Run(
            () => Loop(options, model, optimizer, data, state, progress, cancellationToken), CancellationToken.None);
    }

    private static TrainResult<T> Loop<T, TBatch>(
        TrainerOptions options,
        TrainModel<T, TBatch> model,
        Optimizer optimizer,
        TrainData<TBatch> data,
        TrainState<T> state,
        IProgress<StepReport>? progress,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double left = Math.Max(options.Steps - state.Step, 0);
        ReportHistory history = new(options, (left / options.ReportEvery) + (left / options.EvaluateEvery) + 2);
        long first = state.Step, reported = state.Step, started = Stopwatch.GetTimestamp();
        TimeSpan stepTime = default, optimizerTime = default;
        try
        {
            FiniteState<T> finite = new(optimizer, state.Parameters.Layout);
            FunctionOptimizer? functionOptimizer = optimizer as FunctionOptimizer;
            BatchFunction<T, TBatch>? function = functionOptimizer is null ? null : new(model.Gradient);
            while (state.Step < options.Steps && !cancellationToken.IsCancellationRequested)
            {
                long step = state.Step + 1;
                long began = Stopwatch.GetTimestamp();
                TBatch batch = data.Training(step);
                StepOutcome outcome;
                TimeSpan sourceTime = default;
                long differentiated;
                if (functionOptimizer is null)
                {
                    (double loss, ParameterTree<T> gradients) = model.Gradient(state.Parameters, batch, step);
                    differentiated = Stopwatch.GetTimestamp();
                    (state, outcome) = TrainStep.Apply(
                        optimizer, loss, gradients, state, options.NonFinitePolicy, donate: true);
                }
                else
                {
                    differentiated = Stopwatch.GetTimestamp();
                    (state, outcome) = TrainStep.Apply(
                        functionOptimizer, function!, state, batch, options.NonFinitePolicy, donate: true);
                    sourceTime = function!.SourceTime;
                }

                long ended = Stopwatch.GetTimestamp();
                stepTime += Stopwatch.GetElapsedTime(began, ended);
                optimizerTime += Stopwatch.GetElapsedTime(differentiated, ended) - sourceTime;

                bool last = step == options.Steps;
                double? validationLoss = last || step % options.EvaluateEvery == 0
                    ? Evaluate(
                        model.Loss, data.Validation, optimizer, state, options.EvaluationBatches, cancellationToken)
                    : null;
                bool isDue = last || step % options.ReportEvery == 0 || validationLoss is not null;
                if (!isDue && !cancellationToken.IsCancellationRequested) continue;

                TimeSpan elapsed = Stopwatch.GetElapsedTime(started), interval = stepTime / (step - reported);
                double ticksPerStep = elapsed.Ticks / (double)(step - first);
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
                    state.SkippedSteps);
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
            // A source that watches the token has stopped; the state is that of the last finished step.
            return Ended(state.Step < options.Steps ? StopReason.Cancelled : StopReason.Completed);
        }
        catch (Exception exception)
        {
            throw new TrainingException<T>(state, history.Reports, exception);
        }

        TrainResult<T> Ended(StopReason reason, NonFiniteGradientException? failure = null) =>
            new(state, history.Reports, reason, failure)
            {
                EvaluationParameters = optimizer.EvaluationParameters(state.Parameters, state.Optimizer),
            };
    }

    private static double? Evaluate<T, TBatch>(
        LossSource<T, TBatch>? lossOf,
        BatchSource<TBatch>? batches,
        Optimizer optimizer,
        TrainState<T> state,
        int count,
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
