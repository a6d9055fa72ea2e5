using System.Collections.Immutable;
using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;
using Schedule = Functional.Optim.Schedule;

namespace LanguageModel;

/// <summary>The learning-rate schedules of the command line.</summary>
public static class ScheduleChoice
{
    /// <summary>What schedules call their highest rate.</summary>
    private static readonly ImmutableArray<string> Rates = ["rate", "peak"];

    /// <summary>Every schedule of the catalogue; the short names warm up.</summary>
    public static CatalogueChoice<Schedule> Known { get; } = new(
        "--schedule", Catalogue.Schedules,
        ("linear", "linearWarmup"), ("cosine", "warmupCosine"), ("polynomial", "warmupPolynomial"), ("exponential", "warmupExponential"));

    /// <summary>
    /// The schedule of a preset, or every error found. A floor above the peak is lowered to it; a learning rate of 0 is 0 throughout, unless
    /// the text has a rate of its own.
    /// </summary>
    public static Validation<Error, Schedule> Create(Preset preset)
    {
        // No schedule has a peak of 0: it is made with another and then multiplied by 0.
        bool isStill = preset.LearningRate == 0;
        double peak = isStill ? 1 : preset.LearningRate;
        bool hasOwn = EntryText.Parse(preset.Schedule).Match(Succ: static text => Rates.Any(text.Options.ContainsKey), Fail: static _ => false);
        return Known.Build(preset.Schedule, _ =>
        [
            .. Rates.Select(rate => (rate, (object)peak)),
            ("floor", Math.Min(preset.Floor, peak)), ("warmupSteps", preset.WarmupSteps), ("totalSteps", preset.Steps),
        ]).Map(schedule => isStill && !hasOwn ? schedule.Scale(0) : schedule);
    }
}
