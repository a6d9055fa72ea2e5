using Functional.Optim;
using Functional.Optim.Kernels;
using Functional.Optim.Training;
using LanguageModel;

namespace MiniGpt;

/// <summary>The training of a model on a text.</summary>
public sealed class TrainingRun
{
    /// <summary>A validation takes this many batches, or the held-out text once if that is shorter.</summary>
    private const int MaxEvaluationBatches = 50;

    /// <summary>Longer runs report every few steps, so that the metrics stay readable.</summary>
    private const int MaxReports = 10_000;

    private const int MaxKnownSteps = 10_000;

    /// <summary>Prepares a run.</summary>
    /// <param name="options">The options.</param>
    /// <param name="text">The text to train on.</param>
    /// <exception cref="ArgumentException">
    /// The optimizer or the schedule of the preset is wrong; the message has all errors.
    /// </exception>
    public TrainingRun(RunOptions options, TokenizedText text)
    {
        (Options, Text) = (options, text);
        Model = new GptModel(options.Preset, text.Tokenizer.VocabularySize, options.Seed);
        Optimizer = OptimizerChoice.Create(options.Preset).OrThrow(nameof(TrainingRun));
    }

    /// <summary>The options.</summary>
    public RunOptions Options { get; }

    /// <summary>The text to train on.</summary>
    public TokenizedText Text { get; }

    /// <summary>The model.</summary>
    public GptModel Model { get; }

    /// <summary>The optimizer.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>The number of first steps whose learning rate is looked up before the training.</summary>
    public int KnownSteps => Math.Min(Options.Preset.Steps, MaxKnownSteps);

    /// <summary>Whether the learning rate is 0 at each of the <see cref="KnownSteps"/>.</summary>
    public bool LearnsNothing => Enumerable.Range(1, KnownSteps).All(step => Optimizer.LearningRateAt(step) == 0);

    /// <summary>Trains until the last step, the first gradient that is not finite, or cancellation.</summary>
    /// <param name="progress">Receives each report.</param>
    /// <param name="cancellation">Stops the training after the running step.</param>
    public Task<TrainResult<float>> Train(IProgress<StepReport> progress, CancellationToken cancellation)
    {
        Threads.Limit = Options.Threads;
        Preset preset = Options.Preset;
        int tokens = preset.BatchSize * preset.Context;
        int evaluations = Math.Clamp(Text.Validation.Length / tokens, 1, MaxEvaluationBatches);
        TokenBatches training = TokenBatches.Random(Text.Training, preset.BatchSize, preset.Context, Options.Seed);
        TokenBatches validation =
            TokenBatches.Sequential(Text.Validation, preset.BatchSize, preset.Context, evaluations);
        return Trainer.Run(
            TrainerOptions.Of(
                preset.Steps, Options.EvaluateEvery, evaluations, reportEvery: 1 + ((preset.Steps - 1) / MaxReports),
                tokensPerBatch: tokens),
            new TrainModel<float, TokenBatch>(Model.Gradient, Model.Loss),
            Optimizer,
            new TrainData<TokenBatch>(training.At, validation.At),
            TrainState.Init(Optimizer, Model.Init()),
            progress,
            cancellation);
    }
}
