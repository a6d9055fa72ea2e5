using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Functional.Optim.Training;
using LanguageExt;
using LanguageExt.Common;
using LanguageModel;

namespace MiniGpt;

/// <summary>The options of a run that is continued, from the newest good checkpoint of its folder.</summary>
public sealed class SavedRun
{
    /// <summary>The names of the settings besides those of the preset.</summary>
    public const string Seed = "seed", EvaluateEvery = "eval-every", MicroBatches = "micro-batches",
        Accumulate = "accumulate", Average = "average", EarlyStop = "early-stop", OnNonFinite = "on-non-finite",
        TextHash = "text";

    /// <summary>What a checkpoint remembers besides its settings.</summary>
    public const string Tokens = "tokens", Vocabulary = "vocabulary", TextFileName = "textFile",
        CheckpointEvery = "checkpoint-every", Keep = "keep";

    private readonly ImmutableSortedDictionary<string, string> settings;

    private SavedRun(Preset? preset, string? textFile, ImmutableSortedDictionary<string, string> settings) =>
        (Preset, TextFile, this.settings) = (preset, textFile, settings);

    /// <summary>No run: every option has its default.</summary>
    public static SavedRun None { get; } = new(null, null, ImmutableSortedDictionary<string, string>.Empty);

    /// <summary>The model and its training; <see langword="null"/> where there is no run.</summary>
    public Preset? Preset { get; }

    /// <summary>The path of the text; <see langword="null"/> for the documentation of .NET.</summary>
    public string? TextFile { get; }

    /// <summary>
    /// The run of a folder; <see cref="None"/> where the folder has no checkpoint; or an error in one line.
    /// </summary>
    /// <param name="folder">The path of the folder.</param>
    public static Fin<SavedRun> In(string folder) => CheckpointFolder.HasAny(folder)
        ? CheckpointFolder.Find(folder).Bind(path => CheckpointFile.Describe(path).Bind(file =>
            file.State is { } state
                ? Of(path, state)
                : Error.New($"'{path}' has parameters only; a run is continued from a checkpoint")))
        : None;

    /// <summary>An integer among the settings.</summary>
    /// <typeparam name="T">The type of the integer.</typeparam>
    /// <param name="name">The name of the setting.</param>
    public T? Integer<T>(string name)
        where T : struct, IBinaryInteger<T> =>
        settings.TryGetValue(name, out string? text) && T.TryParse(text, CultureInfo.InvariantCulture, out T value)
            ? value
            : null;

    /// <summary>A text among the settings.</summary>
    /// <param name="name">The name of the setting.</param>
    public string? Text(string name) => settings.GetValueOrDefault(name);

    private static Fin<SavedRun> Of(string path, CheckpointDescription.StateDescription state) =>
        Preset.FromSettings(state.Configuration).Match(
            Succ: preset => Fin<SavedRun>.Succ(new(
                preset,
                state.Memory.GetValueOrDefault(TextFileName),
                state.Configuration.SetItems(state.Memory.Where(each => each.Key is CheckpointEvery or Keep)))),
            Fail: errors => Error.New(
                $"'{path}' is no checkpoint of this program: {string.Join("; ", errors.Map(each => each.Message))}"));
}
