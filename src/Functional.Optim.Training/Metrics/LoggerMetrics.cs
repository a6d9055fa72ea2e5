using Microsoft.Extensions.Logging;

namespace Functional.Optim.Training;

/// <summary>Logs each report as information, one message a report, with its numbers as named values.</summary>
public sealed partial class LoggerMetrics : IProgress<StepReport>
{
    private readonly ILogger logger;

    private LoggerMetrics(ILogger logger) => this.logger = logger;

    /// <summary>Logs to a logger.</summary>
    /// <param name="logger">The logger.</param>
    public static LoggerMetrics Of(ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(logger);
        return new(logger);
    }

    /// <summary>Logs a report.</summary>
    /// <param name="value">The report.</param>
    public void Report(StepReport value)
    {
        if (value.ValidationLoss is { } validationLoss)
        {
            LogEvaluation(
                logger, value.Step, value.TotalSteps, value.Loss, validationLoss, value.LearningRate,
                value.GradientNorm, value.TokensPerSecond, value.SkippedSteps);
        }
        else
        {
            LogStep(
                logger, value.Step, value.TotalSteps, value.Loss, value.LearningRate, value.GradientNorm,
                value.TokensPerSecond, value.SkippedSteps);
        }
    }

    [LoggerMessage(
        1, LogLevel.Information,
        "Step {Step} of {TotalSteps}: loss {Loss}, learning rate {LearningRate}, gradient norm {GradientNorm}, "
        + "{TokensPerSecond} tokens/s, {SkippedSteps} skipped steps")]
    private static partial void LogStep(
        ILogger logger, long step, long totalSteps, double loss, double learningRate, double gradientNorm,
        double tokensPerSecond, long skippedSteps);

    [LoggerMessage(
        2, LogLevel.Information,
        "Step {Step} of {TotalSteps}: loss {Loss}, validation loss {ValidationLoss}, learning rate {LearningRate}, "
        + "gradient norm {GradientNorm}, {TokensPerSecond} tokens/s, {SkippedSteps} skipped steps")]
    private static partial void LogEvaluation(
        ILogger logger, long step, long totalSteps, double loss, double validationLoss, double learningRate,
        double gradientNorm, double tokensPerSecond, long skippedSteps);
}
