using Functional.Optim;
using Functional.Optim.Training;
using LanguageModel;

namespace Experiments;

/// <summary>Trainings of MiniGpt's nano model on a text, of which an experiment chooses the length and the size.</summary>
public sealed record NanoTraining
{
    private const int EvaluationsInRun = 20, WarmupPart = 20, HeldOutWindows = 96;

    /// <summary>The settings of the model as MiniGpt has it.</summary>
    internal static readonly Preset Full = Preset.All[0];

    /// <summary>The path of the text; without one the documentation of .NET.</summary>
    public string? Text { get; init; }

    /// <summary>Number of steps in a run; the first twentieth are the warm-up.</summary>
    public required int Steps { get; init; }

    /// <summary>Transformer blocks.</summary>
    public int Blocks { get; init; } = Full.Layers;

    /// <summary>The length of the vector of a character.</summary>
    public int Width { get; init; } = Full.Width;

    /// <summary>The settings of the model, and of its optimizer.</summary>
    public Preset Preset => Full with
    {
        Steps = Steps, WarmupSteps = Steps / WarmupPart, Layers = Blocks, Width = Width,
    };

    /// <summary>The text, or why it cannot be read or is too short for a window.</summary>
    public LanguageExt.Fin<TokenizedText> Read() => TokenizedText.Read(Text, Full.Tokens, Full.Context);

    /// <summary>A training on a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="seed">The seed of the start and of the batches.</param>
    public TextTraining On(TokenizedText text, Optimizer optimizer, ulong seed)
    {
        GptModel model = new(Preset, text.Tokenizer.VocabularySize, seed);
        return new(
            text, new TrainModel<float, TokenBatch>(model.Gradient, model.Loss), model.Init, optimizer, seed,
            Full.BatchSize, Full.Context, Steps, Math.Max(Steps / EvaluationsInRun, 1))
        {
            HeldOutWindows = HeldOutWindows,
        };
    }
}

/// <summary>The settings of a <see cref="NanoTraining"/>.</summary>
internal static class NanoSettings
{
    /// <summary>Adds the settings of a training to an experiment, and what they need.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="get">The training that options have.</param>
    /// <param name="set">Options with another training.</param>
    internal static Experiment<TOptions> Nano<TOptions>(
        this Experiment<TOptions> experiment, Func<TOptions, NanoTraining> get,
        Func<TOptions, NanoTraining, TOptions> set)
        where TOptions : new() => experiment
        .File("text", "UTF-8 text to train on; its last tenth is held out",
            "the documentation of .NET that the SDK installs",
            of => get(of).Text, (of, text) => set(of, get(of) with { Text = text }))
        .Integer("steps", "Number of steps in a run", 1, 100_000,
            of => get(of).Steps, (of, steps) => set(of, get(of) with { Steps = steps }))
        .Integer("blocks", "Transformer blocks", 1, 64,
            of => get(of).Blocks, (of, blocks) => set(of, get(of) with { Blocks = blocks }))
        .Integer("model-width", "Length of the vector of a character", NanoTraining.Full.Heads, 1024,
            of => get(of).Width, (of, width) => set(of, get(of) with { Width = width }))
        .Checked((options, errors) => errors
            .Require(get(options).Width % NanoTraining.Full.Heads == 0, "--model-width", get(options).Width,
                $"a multiple of {NanoTraining.Full.Heads}"))
        .Requiring(options => get(options).Read().Map(_ => LanguageExt.Prelude.unit));
}
