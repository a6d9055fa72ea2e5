using System.Globalization;

namespace Functional.Optim.Training;

/// <summary>
/// A step whose evaluation was cut off by the end of its run. The run that continues it evaluates and reports it first,
/// so that no evaluation is missing.
/// </summary>
/// <param name="Outcome">The outcome of the step.</param>
/// <param name="Steps">The number of steps since the last report.</param>
/// <param name="StepTime">Their time.</param>
/// <param name="OptimizerTime">The time of their updates.</param>
internal readonly record struct CutEvaluation(
    StepOutcome Outcome, long Steps, TimeSpan StepTime, TimeSpan OptimizerTime)
{
    /// <summary>The name of its text in a checkpoint.</summary>
    internal const string Key = "cutEvaluation";

    /// <summary>The one that a text says; none for other texts.</summary>
    internal static CutEvaluation? Parse(string text) =>
        text.Split(' ') is [var loss, var norm, var rate, var skipped, var steps, var time, var own]
        && Real(loss) is { } lossValue && Real(norm) is { } normValue && Real(rate) is { } rateValue
        && bool.TryParse(skipped, out bool isSkipped)
        && Integer(steps) is { } count && Integer(time) is { } ticks && Integer(own) is { } ownTicks
            ? new(new(lossValue, normValue, rateValue, isSkipped), count, new(ticks), new(ownTicks))
            : null;

    /// <summary>The text, which is exact.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Outcome.Loss:r} {Outcome.GradientNorm:r} {Outcome.LearningRate:r} {Outcome.Skipped} "
        + $"{Steps} {StepTime.Ticks} {OptimizerTime.Ticks}");

    private static double? Real(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out double value) ? value : null;

    private static long? Integer(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out long value) ? value : null;
}
