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
    Preset Preset, string? TextFile, string OutputFolder, ulong Seed, int Threads, int EvaluateEvery, bool Json);
