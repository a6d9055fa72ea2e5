using System.Collections.Immutable;
using System.Numerics;

namespace Functional.Optim.Training;

/// <summary>
/// The loop around <see cref="TrainStep"/>: batches, evaluation, reports, hooks, cancellation and timing.
/// </summary>
public static class Trainer
{
    /// <summary>
    /// Trains from a state up to <see cref="TrainerOptions.Steps"/>, on a thread of the pool. It consumes the
    /// state; the result has the next one, whatever ended the run. In the steady state a step allocates
    /// nothing besides what the sources and the hooks allocate.
    /// </summary>
    /// <remarks>
    /// A gradient can be finite and still too large: its square makes a slot infinite, and the parameter then never
    /// changes again. So each report, that of the last step included, checks parameters and state, except frozen
    /// leaves, and ends the run when a number is not finite. <see cref="TrainerOptions.ReportEvery"/> sets how often.
    /// Evaluations use <see cref="Optimizer.EvaluationParameters"/> and do not affect training. The last step of the
    /// whole run completes an update with the gradients that an <see cref="Accumulate"/> has gathered by then.
    /// </remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TBatch">The type of a batch.</typeparam>
    /// <param name="options">The number of steps, and how often to report and evaluate.</param>
    /// <param name="model">The gradients, and the loss for evaluation.</param>
    /// <param name="optimizer">The optimizer, with its clipping and its schedule.</param>
    /// <param name="data">The batches.</param>
    /// <param name="state">The initial state, from <see cref="TrainState.Init"/>; consumed.</param>
    /// <param name="progress">Gets each report, on the thread of the loop.</param>
    /// <param name="cancellationToken">
    /// Stops the run after the current step. An evaluation stops after its current batch, without a loss; with hooks,
    /// the run that continues evaluates and reports that step first.
    /// </param>
    /// <param name="hooks">What takes part in the run, in the order in which they are asked.</param>
    /// <returns>The result, also of a run that was cancelled.</returns>
    /// <exception cref="ArgumentException">
    /// There is a loss without validation batches, or validation batches without a loss.
    /// </exception>
    /// <exception cref="TrainingException{T}">
    /// The model, the data, the optimizer, a hook or the progress threw an exception.
    /// </exception>
    public static Task<TrainResult<T>> Run<T, TBatch>(
        TrainerOptions options,
        TrainModel<T, TBatch> model,
        Optimizer optimizer,
        TrainData<TBatch> data,
        TrainState<T> state,
        IProgress<StepReport>? progress = null,
        CancellationToken cancellationToken = default,
        params ImmutableArray<TrainHook> hooks)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(options);
        return Run(
            options, model, optimizer, data, new Checkpoint<T>(state) { Configuration = options.Configuration },
            progress, cancellationToken, hooks);
    }

    /// <summary>
    /// Continues a run from a checkpoint: parameters, state, losses and what the hooks remember are those of a run that
    /// was not interrupted.
    /// </summary>
    /// <inheritdoc
    /// cref="Run{T, TBatch}(TrainerOptions, TrainModel{T, TBatch}, Optimizer, TrainData{TBatch}, TrainState{T}, IProgress{StepReport}?, CancellationToken, ImmutableArray{TrainHook})"/>
    /// <param name="checkpoint">The checkpoint; its state is consumed.</param>
    /// <exception cref="ArgumentException">
    /// There is a loss without validation batches, or validation batches without a loss; or a setting differs from that
    /// of the checkpoint and is not among <see cref="TrainerOptions.AllowedChanges"/>: all are listed.
    /// </exception>
#pragma warning disable CS1573 // The other parameters are inherited.
    public static Task<TrainResult<T>> Run<T, TBatch>(
        TrainerOptions options,
        TrainModel<T, TBatch> model,
        Optimizer optimizer,
        TrainData<TBatch> data,
        Checkpoint<T> checkpoint,
        IProgress<StepReport>? progress = null,
        CancellationToken cancellationToken = default,
        params ImmutableArray<TrainHook> hooks)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (!hooks.IsDefault && hooks.Contains(null!))
            throw new ArgumentException("A hook is null; allowed are hooks, or none.", nameof(hooks));
        model.RequireEvaluation(data.Validation);
        SettingChange.RequireNone(
            SettingChange.Between(checkpoint, optimizer, options.Configuration), options.AllowedChanges);
        return Task.Run(
            () => new TrainLoop<T, TBatch>(
                options, model, optimizer, data, checkpoint, progress, hooks.IsDefault ? [] : hooks, cancellationToken)
                .Run(),
            CancellationToken.None);
    }
#pragma warning restore CS1573
}
