using System.Collections.Immutable;
using System.Globalization;
using Functional.Optim;
using LanguageExt;
using LanguageExt.Common;
using LanguageModel;

namespace MiniGpt;

/// <summary>The optimizer of a run that was saved.</summary>
public static class SavedOptimizer
{
    /// <summary>
    /// The optimizer of its text; where it has none, such as one with a filter of the program, that of the settings; or
    /// all validation errors.
    /// </summary>
    /// <param name="text">The text; empty for none.</param>
    /// <param name="preset">The preset of the settings.</param>
    /// <param name="settings">The settings.</param>
    public static Validation<Error, Optimizer> Of(
        string text, Preset preset, ImmutableSortedDictionary<string, string> settings)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(settings);
        if (text.Length > 0) return Catalogue.Build(text);
        bool accumulates = int.TryParse(
            settings.GetValueOrDefault(SavedRun.Accumulate), NumberStyles.None, CultureInfo.InvariantCulture,
            out int batches);
        return OptimizerChoice.Create(
            preset, settings.GetValueOrDefault(SavedRun.Average, AverageChoice.None),
            accumulates ? Math.Max(batches, 1) : 1);
    }
}
