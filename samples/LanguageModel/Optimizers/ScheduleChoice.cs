using System.Collections.Immutable;
using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;
using Schedule = Functional.Optim.Schedule;

namespace LanguageModel;

/// <summary>The learning-rate schedules of the command line.</summary>
public static class ScheduleChoice
{
    /// <summary>The names of the maximum rate in schedules.</summary>
    private static readonly ImmutableArray<string> Rates = ["rate", "peak"];

    /// <summary>Every schedule of the catalogue. The short names stand for schedules with a warm-up.</summary>
    public static CatalogueChoice<Schedule> Known { get; } = new(
        "--schedule", Catalogue.Schedules,
        ("linear", "linearWarmup"), ("cosine", "warmupCosine"), ("polynomial", "warmupPolynomial"),
        ("exponential", "warmupExponential"));

    /// <summary>
    /// The schedule of a preset, or all validation errors. A floor above the peak is lowered to it. With a learning
    /// rate of 0 every rate is 0, unless the text gives a rate.
    /// </summary>
    public static Validation<Error, Schedule> Create(Preset preset)
    {
        // No schedule has a peak of 0, so it is made with a peak of 1 and multiplied by 0.
        bool isStill = preset.LearningRate == 0;
        double peak = isStill ? 1 : preset.LearningRate;
        bool hasOwn = EntryText.Parse(preset.Schedule)
            .Match(Succ: static text => Rates.Any(text.Options.ContainsKey), Fail: static _ => false);
        return Known.Build(preset.Schedule, _ =>
        [
            .. Rates.Select(rate => (rate, (object)peak)),
            ("floor", Math.Min(preset.Floor, peak)), ("warmupSteps", preset.WarmupSteps), ("totalSteps", preset.Steps),
        ]).Map(schedule => isStill && !hasOwn ? schedule.Scale(0) : schedule);
    }
}
