using Functional.Optim;
using Functional.Optim.Training;
using LanguageModel;

namespace Experiments;

/// <summary>Trainings of MiniGpt's nano model, of which an experiment chooses the length and the size.</summary>
/// <param name="Steps">Number of steps; the first twentieth are the warm-up.</param>
/// <param name="Blocks">Transformer blocks.</param>
/// <param name="Width">The length of the vector of a character.</param>
public sealed record NanoTraining(int Steps, int Blocks, int Width)
{
    private const int EvaluationsInRun = 20, WarmupPart = 20, HeldOutWindows = 96;

    /// <summary>The settings of the model, and of its optimizer.</summary>
    public Preset Preset { get; } = Preset.All[0] with
    {
        Steps = Steps, WarmupSteps = Steps / WarmupPart, Layers = Blocks, Width = Width,
    };

    /// <summary>Reads the text.</summary>
    /// <param name="path">The path; without one the documentation of .NET.</param>
    /// <exception cref="LanguageExt.Common.ErrorException">It cannot be read, or is too short for a window.</exception>
    public TokenizedText Read(string? path) =>
        TokenizedText.Read(path, Preset.Tokens, Preset.Context).ThrowIfFail();

    /// <summary>A training on a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="seed">The seed of the start and of the batches.</param>
    public TextTraining On(TokenizedText text, Optimizer optimizer, ulong seed)
    {
        GptModel model = new(Preset, text.Tokenizer.VocabularySize, seed);
        return new(
            text, new TrainModel<float, TokenBatch>(model.Gradient, model.Loss), model.Init, optimizer, seed,
            Preset.BatchSize, Preset.Context, Steps, Math.Max(Steps / EvaluationsInRun, 1))
        {
            HeldOutWindows = HeldOutWindows,
        };
    }
}
