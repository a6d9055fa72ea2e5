using System.Collections.Immutable;
using System.Globalization;
using Functional.Optim.Training;
using LanguageModel;

namespace MiniGpt;

/// <summary>The options of a run.</summary>
/// <param name="Preset">The model and its training, with the changes of the command line.</param>
/// <param name="TextFile">The path of the text; <see langword="null"/> for the documentation of .NET.</param>
/// <param name="OutputFolder">The folder of the files.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Threads">The maximum number of threads; no result depends on it.</param>
/// <param name="EvaluateEvery">Number of steps between validations.</param>
/// <param name="Json">Whether the last line of the output is a JSON object.</param>
public sealed record RunOptions(
    Preset Preset, string? TextFile, string OutputFolder, ulong Seed, int Threads, int EvaluateEvery, bool Json)
{
    /// <summary>How many parts each batch has, of which each process computes as many.</summary>
    public int MicroBatches { get; init; } = 1;

    /// <summary>The number of batches for each update.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>The average of the parameters, as <see cref="AverageChoice"/> reads it.</summary>
    public string Average { get; init; } = AverageChoice.None;

    /// <summary>How many validations in a row may be no better; 0 for any number.</summary>
    public int EarlyStop { get; init; }

    /// <summary>What to do with a loss or a gradient that is not finite.</summary>
    public NonFinitePolicy OnNonFinite { get; init; }

    /// <summary>The number of steps from one checkpoint to the next.</summary>
    public int CheckpointEvery { get; init; } = 100;

    /// <summary>The number of newest checkpoints that are kept.</summary>
    public int Keep { get; init; } = 3;

    /// <summary>Whether the run looks for a learning rate instead of training.</summary>
    public bool FindRate { get; init; }

    /// <summary>Whether the run starts anew in a folder that has checkpoints.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Whether the run continues that of the folder.</summary>
    public bool Resume { get; init; }

    /// <summary>The settings that may differ from those of the run that is continued.</summary>
    public ImmutableHashSet<string> AllowedChanges { get; init; } = [];

    /// <summary>
    /// The settings on which parameters, losses and metrics depend, by the names of their options, besides the text.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Settings => Preset.ToSettings().AddRange(
    [
        KeyValuePair.Create(SavedRun.Seed, string.Create(CultureInfo.InvariantCulture, $"{Seed}")),
        KeyValuePair.Create(SavedRun.EvaluateEvery, string.Create(CultureInfo.InvariantCulture, $"{EvaluateEvery}")),
        KeyValuePair.Create(SavedRun.MicroBatches, string.Create(CultureInfo.InvariantCulture, $"{MicroBatches}")),
        KeyValuePair.Create(SavedRun.Accumulate, string.Create(CultureInfo.InvariantCulture, $"{Accumulate}")),
        KeyValuePair.Create(SavedRun.Average, Average),
        KeyValuePair.Create(SavedRun.EarlyStop, string.Create(CultureInfo.InvariantCulture, $"{EarlyStop}")),
        KeyValuePair.Create(SavedRun.OnNonFinite, $"{OnNonFinite}".ToLowerInvariant()),
    ]);
}
