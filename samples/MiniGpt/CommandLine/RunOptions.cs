using LanguageModel;

namespace MiniGpt;

/// <summary>What one run was asked to do.</summary>
/// <param name="Preset">The model and its training, with what the command line changed.</param>
/// <param name="TextFile">The text; <see langword="null"/> for the documentation of .NET.</param>
/// <param name="OutputFolder">Where the files go.</param>
/// <param name="Seed">Where all randomness comes from.</param>
/// <param name="Threads">The most threads to use; no result depends on it.</param>
/// <param name="EvaluateEvery">Updates from one validation to the next.</param>
/// <param name="Json">Whether the last line of the output is a JSON object.</param>
public sealed record RunOptions(
    Preset Preset, string? TextFile, string OutputFolder, ulong Seed, int Threads, int EvaluateEvery, bool Json);
