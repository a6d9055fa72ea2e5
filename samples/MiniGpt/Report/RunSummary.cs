using System.Text.Json;
using Functional.Optim.Training;

namespace MiniGpt;

/// <summary>
/// The figures of a run, as <c>--json</c> prints them; a value that was not measured or is not finite is null.
/// </summary>
/// <param name="Steps">The number of finished steps.</param>
/// <param name="Parameters">The number of parameters of the model.</param>
/// <param name="TrainLoss">The loss of the last step.</param>
/// <param name="ValidationLoss">The loss of the last validation.</param>
/// <param name="MillisecondsPerStep">The median time of a step.</param>
/// <param name="OptimizerMillisecondsPerStep">The median time of norm, clip and update in a step.</param>
/// <param name="TokensPerSecond">The median speed.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Ranks">The number of processes.</param>
public sealed record RunSummary(
    long Steps, long Parameters, double? TrainLoss, double? ValidationLoss, double? MillisecondsPerStep,
    double? OptimizerMillisecondsPerStep, double? TokensPerSecond, ulong Seed, int Ranks)
{
    /// <summary>The figures of a result.</summary>
    /// <param name="run">The run.</param>
    /// <param name="result">Its result.</param>
    public static RunSummary Of(TrainingRun run, TrainResult<float> result) => new(
        result.State.Step,
        run.Model.Layout.ParameterCount,
        Finite(result.History.Select(report => report.Loss).LastOrDefault(double.NaN)),
        Finite(result.History.LastOrDefault(report => report.ValidationLoss is not null).ValidationLoss),
        Finite(result.MillisecondsPerStep),
        Finite(result.OptimizerMillisecondsPerStep),
        Finite(result.TokensPerSecond),
        run.Options.Seed,
        run.Ranks.Count);

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
