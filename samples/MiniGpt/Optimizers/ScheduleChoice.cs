using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;
using Schedule = Functional.Optim.Schedule;

namespace MiniGpt;

/// <summary>The learning-rate schedules of the command line.</summary>
public static class ScheduleChoice
{
    /// <summary>Every schedule of the catalogue; the short names warm up.</summary>
    public static CatalogueChoice<Schedule> Known { get; } = new(
        "--schedule", Catalogue.Schedules,
        ("linear", "linearWarmup"), ("cosine", "warmupCosine"), ("polynomial", "warmupPolynomial"), ("exponential", "warmupExponential"));

    /// <summary>The schedule of a preset, or every fault found. A floor above the peak is lowered to it; a peak of 0 is 0 throughout.</summary>
    public static Validation<Error, Schedule> Create(Preset preset)
    {
        double peak = preset.LearningRate;
        if (peak == 0) return Schedule.Constant(0);
        return Known.Build(preset.Schedule, _ =>
        [
            ("rate", peak), ("peak", peak), ("floor", Math.Min(preset.Floor, peak)), ("warmupSteps", preset.WarmupSteps), ("totalSteps", preset.Steps),
        ]);
    }
}
