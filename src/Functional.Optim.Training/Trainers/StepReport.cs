namespace Functional.Optim.Training;

/// <summary>
/// The report of the trainer after a step. "The interval" is the steps since the last report, without evaluations.
/// </summary>
/// <param name="Step">The number of the step, from 1.</param>
/// <param name="TotalSteps">The number of steps of the whole run.</param>
/// <param name="Loss">The loss of the batch of this step, before its update.</param>
/// <param name="LearningRate">η of this step.</param>
/// <param name="GradientNorm">‖g‖ of this step, before clipping.</param>
/// <param name="TokensPerSecond">The tokens per second over the interval.</param>
/// <param name="Remaining">The estimated remaining time, from the mean pace of this run, evaluations included.</param>
/// <param name="ValidationLoss">
/// The mean loss of the evaluation batches; <see langword="null"/> when there was no evaluation.
/// </param>
/// <param name="StepMilliseconds">
/// The mean time of a step over the interval, from the request of the batch to the end of the update, in milliseconds.
/// </param>
/// <param name="OptimizerMilliseconds">
/// The part of it after the gradients: norm, clipping and update, in milliseconds.
/// </param>
/// <param name="SkippedSteps">
/// The number of steps so far that were skipped: loss or gradients were not finite, or a hook refused them.
/// </param>
public readonly record struct StepReport(
    long Step,
    long TotalSteps,
    double Loss,
    double LearningRate,
    double GradientNorm,
    double TokensPerSecond,
    TimeSpan Remaining,
    double? ValidationLoss,
    double StepMilliseconds,
    double OptimizerMilliseconds,
    long SkippedSteps)
{
    /// <summary>
    /// The scalars of the optimizer's state that it shows, after this step, such as d of Prodigy; none of most.
    /// </summary>
    public NamedScalars Scalars { get; init; }
}
