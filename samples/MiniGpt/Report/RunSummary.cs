using System.Text.Json;
using Functional.Optim.Training;

namespace MiniGpt;

/// <summary>The figures of a run, as <c>--json</c> prints them; what was not measured, or is not finite, is null.</summary>
/// <param name="Steps">The steps that were made.</param>
/// <param name="Parameters">The parameters of the model.</param>
/// <param name="TrainLoss">The loss of the last step.</param>
/// <param name="ValidationLoss">The loss of the last validation.</param>
/// <param name="MillisecondsPerStep">The median.</param>
/// <param name="OptimizerMillisecondsPerStep">The median of its part for norm, clip and update.</param>
/// <param name="TokensPerSecond">The median.</param>
/// <param name="Seed">The seed.</param>
public sealed record RunSummary(
    long Steps, long Parameters, double? TrainLoss, double? ValidationLoss, double? MillisecondsPerStep,
    double? OptimizerMillisecondsPerStep, double? TokensPerSecond, ulong Seed)
{
    /// <summary>The figures of a result.</summary>
    /// <param name="run">What was trained.</param>
    /// <param name="result">What came of it.</param>
    public static RunSummary Of(TrainingRun run, TrainResult<float> result) => new(
        result.State.Step,
        run.Model.Layout.ParameterCount,
        Finite(result.History.Select(report => report.Loss).LastOrDefault(double.NaN)),
        Finite(result.History.LastOrDefault(report => report.ValidationLoss is not null).ValidationLoss),
        Finite(result.MillisecondsPerStep),
        Finite(result.OptimizerMillisecondsPerStep),
        Finite(result.TokensPerSecond),
        run.Options.Seed);

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
