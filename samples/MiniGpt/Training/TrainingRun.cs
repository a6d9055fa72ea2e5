using System.Collections.Immutable;
using System.Globalization;
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
    /// <param name="ranks">The processes that train together; this one alone by default.</param>
    /// <exception cref="ArgumentException">
    /// The optimizer or the schedule of the preset is wrong; the message has all errors.
    /// </exception>
    public TrainingRun(RunOptions options, TokenizedText text, IRanks? ranks = null)
    {
        (Options, Text, Ranks) = (options, text, ranks ?? Functional.Optim.Mpi.Ranks.Alone);
        Model = new GptModel(options.Preset, text.Tokenizer.VocabularySize, options.Seed);
        Optimizer = OptimizerChoice.Create(options.Preset, options.Average, options.Accumulate)
            .OrThrow(nameof(TrainingRun));
        if (Ranks.Count > 1 || options.MicroBatches > 1) Shard = TreeShard.Of(Optimizer, Model.Layout, Ranks);
    }

    /// <summary>The options.</summary>
    public RunOptions Options { get; }

    /// <summary>The text to train on.</summary>
    public TokenizedText Text { get; }

    /// <summary>The processes that train together.</summary>
    public IRanks Ranks { get; }

    /// <summary>Whether this process is the first one, which tells and writes.</summary>
    public bool IsFirst => Ranks.Rank == 0;

    /// <summary>
    /// What this process keeps of the parameters and the state; <see langword="null"/> where a batch is one part.
    /// </summary>
    public TreeShard? Shard { get; }

    /// <summary>The model.</summary>
    public GptModel Model { get; }

    /// <summary>The optimizer.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>The number of first steps whose learning rate is looked up before the training.</summary>
    public int KnownSteps => Math.Min(Options.Preset.Steps, MaxKnownSteps);

    /// <summary>Whether the learning rate is 0 at each of the <see cref="KnownSteps"/>.</summary>
    public bool LearnsNothing => Enumerable.Range(1, KnownSteps).All(step => Optimizer.LearningRateAt(step) == 0);

    /// <summary>The settings of the run, with that of its text.</summary>
    public ImmutableSortedDictionary<string, string> Settings =>
        field ??= Options.Settings.SetItem(SavedRun.TextHash, $"sha256:{Text.Corpus.Hash()}");

    /// <summary>The state before the first step.</summary>
    public Checkpoint<float> Start()
    {
        ParameterTree<float> parameters = Model.Init();
        return Remember(new(TrainState.Init(Optimizer, Shard?.Cut(parameters) ?? parameters)));
    }

    /// <summary>A checkpoint with what a later command needs to know besides the settings.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    public Checkpoint<float> Remember(Checkpoint<float> checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return checkpoint with
        {
            Memory = checkpoint.Memory.Remove(SavedRun.TextFileName)
                .SetItem(SavedRun.Tokens, Text.Tokenizer.Name)
                .SetItem(SavedRun.Vocabulary, Text.Tokenizer.Vocabulary)
                .SetItem(SavedRun.CheckpointEvery, Invariant(Options.CheckpointEvery))
                .SetItem(SavedRun.Keep, Invariant(Options.Keep))
                .SetItems(TextFile is null ? [] : [KeyValuePair.Create(SavedRun.TextFileName, TextFile)]),
        };

        static string Invariant(int value) => value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The whole of what this process has of some parameters; all processes ask for it together.</summary>
    /// <param name="parameters">The parameters.</param>
    public ParameterTree<float> Whole(ParameterTree<float> parameters) => Shard?.Gather(parameters) ?? parameters;

    private string? TextFile => Options.TextFile is { } file ? Path.GetFullPath(file) : null;

    /// <summary>
    /// Trains until the last step, the first number that is not finite, a hook that stops it, or cancellation.
    /// </summary>
    /// <param name="start">The checkpoint to start from.</param>
    /// <param name="hooks">The hooks.</param>
    /// <param name="progress">Receives each report.</param>
    /// <param name="notify">Receives what the run has to tell.</param>
    /// <param name="cancellation">Stops the training after the running step.</param>
    public Task<TrainResult<float>> Train(
        Checkpoint<float> start, ImmutableArray<TrainHook> hooks, IProgress<StepReport> progress,
        Action<string> notify, CancellationToken cancellation)
    {
        Threads.Limit = Options.Threads;
        Preset preset = Options.Preset;
        int tokens = preset.BatchSize * preset.Context;
        int evaluations = Math.Clamp(Text.Validation.Length / tokens, 1, MaxEvaluationBatches);
        TokenBatches validation =
            TokenBatches.Sequential(Text.Validation, preset.BatchSize, preset.Context, evaluations);
        TrainerOptions options = TrainerOptions.Of(
            preset.Steps, Options.EvaluateEvery, evaluations, reportEvery: 1 + ((preset.Steps - 1) / MaxReports),
            tokensPerBatch: tokens, nonFinitePolicy: Options.OnNonFinite);
        options = options with
        {
            Configuration = Settings, AllowedChanges = Options.AllowedChanges, Notify = notify,
        };
        TrainModel<float, TokenBatch> model = new(Model.Gradient, Model.Loss);
        if (Shard is null)
        {
            return Trainer.Run(
                options, model, Optimizer, new TrainData<TokenBatch>(Batches(parts: 1).At, validation.At), start,
                progress, cancellation, hooks);
        }

        int parts = Options.MicroBatches;
        TokenBatches batches = Batches(parts);
        DataParallel<float, TokenBatch> parallel = DataParallel.Of(
            Shard, model, (step, index) => batches.At(((step - 1) * parts) + index + 1), parts, validation.At,
            evaluations, cancellation);
        return Trainer.Run(
            options, parallel.Model, Optimizer, parallel.Data, start, progress, parallel.Cancellation, hooks);
    }

    /// <summary>Looks for a learning rate, from the start of the run.</summary>
    /// <param name="cancellation">Ends the search with what it has found.</param>
    public RateSweep FindRate(CancellationToken cancellation)
    {
        Threads.Limit = Options.Threads;
        return LearningRateFinder.Run<float, TokenBatch>(
            rate => OptimizerChoice.Create(Options.Preset, rate).OrThrow(nameof(FindRate)),
            Model.Gradient,
            Model.Init(),
            Batches(parts: 1).At,
            cancellationToken: cancellation);
    }

    /// <summary>The batches in parts, whose windows are those of the batches, in their order.</summary>
    private TokenBatches Batches(int parts) =>
        TokenBatches.Random(Text.Training, Options.Preset.BatchSize / parts, Options.Preset.Context, Options.Seed);
}
