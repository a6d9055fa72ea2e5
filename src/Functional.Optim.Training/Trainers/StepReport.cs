namespace Functional.Optim.Training;

/// <summary>What the trainer tells after a step. "The interval" is the steps since the report before, evaluations not counted.</summary>
/// <param name="Step">The number of the step, from 1.</param>
/// <param name="TotalSteps">The steps of the whole run.</param>
/// <param name="Loss">The loss of the batch of this step, before its update.</param>
/// <param name="LearningRate">η of this step.</param>
/// <param name="GradientNorm">‖g‖ of this step, before clipping.</param>
/// <param name="TokensPerSecond">Over the interval.</param>
/// <param name="Remaining">The time left at the mean pace of this run so far, evaluations included.</param>
/// <param name="ValidationLoss">The mean loss of the evaluation batches; <see langword="null"/> where there was no evaluation.</param>
/// <param name="StepMilliseconds">The mean of the interval, from asking for the batch to the end of the update.</param>
/// <param name="OptimizerMilliseconds">The part of it after the gradients: norm, clipping and update.</param>
/// <param name="SkippedSteps">How many steps so far made no update, their gradients not being finite.</param>
public readonly record struct StepReport(
    long Step, long TotalSteps, double Loss, double LearningRate, double GradientNorm, double TokensPerSecond, TimeSpan Remaining,
    double? ValidationLoss, double StepMilliseconds, double OptimizerMilliseconds, long SkippedSteps);
