using System.Collections.Immutable;
using Functional.Optim;

namespace MiniGpt;

/// <summary>The learning-rate schedules of the command line.</summary>
public static class ScheduleChoice
{
    /// <summary>What the command line calls them.</summary>
    public static ImmutableArray<string> Names { get; } = ["constant", "linear", "cosine", "polynomial", "exponential"];

    /// <summary>The schedule of a preset. A floor above the peak is lowered to it; a peak of 0 is 0 throughout.</summary>
    public static Schedule Of(Preset preset)
    {
        double peak = preset.LearningRate, floor = Math.Min(preset.Floor, peak);
        return preset.Schedule switch
        {
            "constant" => Schedule.Constant(peak),
            "linear" => Schedule.LinearWarmup(peak, preset.WarmupSteps),
            _ when peak == 0 => Schedule.Constant(0),
            "cosine" => Schedule.WarmupCosine(peak, preset.WarmupSteps, preset.Steps, floor),
            "polynomial" => Schedule.WarmupPolynomial(peak, preset.WarmupSteps, preset.Steps, floor),
            "exponential" => Schedule.WarmupExponential(peak, preset.WarmupSteps, preset.Steps, floor),
            string unknown => throw new ArgumentException($"schedule is {unknown}; allowed is {string.Join(", ", Names)}"),
        };
    }
}
