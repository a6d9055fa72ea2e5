using System.Collections.Immutable;
using System.CommandLine;
using CommandLine;
using Functional.Optim.Samples.Tests.LanguageModel.Text;
using Functional.Optim.Tests.Processes;
using Functional.Optim.Training;
using LanguageModel;
using MiniGpt;

namespace Functional.Optim.Samples.Tests.MiniGpt.CommandLine;

/// <summary>The folder of a short training of a tiny model, and the commands that read it.</summary>
internal sealed class TrainedFolder : IDisposable
{
    internal const int Steps = 4;

    internal static readonly Preset Tiny = Preset.All[0] with
    {
        Layers = 1, Heads = 2, Width = 8, Context = 8, BatchSize = 2, Steps = Steps, WarmupSteps = 1,
        LearningRate = 0.05,
    };

    private readonly TemporaryFolder folder = new();

    private TrainedFolder(Preset preset, TokenizedText text)
    {
        Tokenizer = text.Tokenizer;
        Model = new GptModel(preset, text.Tokenizer.VocabularySize, seed: 1);
    }

    internal GptModel Model { get; }

    internal Tokenizer Tokenizer { get; }

    internal TrainResult<float> Result { get; private set; } = null!;

    internal string Root => folder.Root;

    internal string Newest => At("checkpoint-0000000004.safetensors");

    internal string At(string name) => folder.At(name);

    public void Dispose() => folder.Dispose();

    /// <summary>Trains, with a checkpoint every second step, metrics and norms.</summary>
    internal static async Task<TrainedFolder> Of(Preset? given = null, string average = AverageChoice.None)
    {
        Preset preset = given ?? Tiny;
        TokenizedText text =
            TokenizedText.Of(new Corpus("sentences", Texts.Sentences(2000)), preset.Tokens, preset.Context).Value();
        TrainedFolder trained = new(preset, text);
        Optimizer optimizer = OptimizerChoice.Create(preset, average, accumulate: 1).OrThrow();
        TokenBatches batches = TokenBatches.Random(text.Training, preset.BatchSize, preset.Context, seed: 1);
        using CheckpointFolder checkpoints = CheckpointFolder.Open(trained.Root).Value();
        using LeafNormsFile norms = LeafNormsFile.Open(trained.At(RunFiles.LeafNorms)).Value();
        Checkpoint<float> start = new(TrainState.Init(optimizer, trained.Model.Init()));
        trained.Result = await Trainer.Run(
            TrainerOptions.Of(preset.Steps) with
            {
                Configuration = preset.ToSettings().AddRange(
                [
                    KeyValuePair.Create(SavedRun.Seed, "1"), KeyValuePair.Create(SavedRun.Average, average),
                    KeyValuePair.Create(SavedRun.EvaluateEvery, "2"),
                ]),
            },
            new TrainModel<float, TokenBatch>(trained.Model.Gradient, null),
            optimizer,
            new TrainData<TokenBatch>(batches.At, null),
            start with
            {
                Memory = start.Memory.Add(SavedRun.Tokens, text.Tokenizer.Name)
                    .Add(SavedRun.Vocabulary, text.Tokenizer.Vocabulary),
            },
            hooks: [Checkpoints.Every(2, checkpoints), RecordLeafNorms.Every(1, norms)]);
        MetricsFile.Write(trained.Result.History, trained.At(RunFiles.Metrics));
        return trained;
    }

    /// <summary>The checkpoint of the last step with a change, as a file.</summary>
    internal string Changed(Func<Checkpoint<float>, Checkpoint<float>> change)
    {
        string path = At("changed.safetensors");
        CheckpointFile.Save(change(CheckpointFile.Load<float>(Newest).Value()), path);
        return path;
    }

    /// <summary>Runs a command line of the commands below the root.</summary>
    internal static async Task<(int Code, string Output, string Error)> Invoke(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        RootCommand root = new("root")
        {
            new Option<int?>("--steps"), GenerateCommand.Create(), InspectCommand.Create(isTerminal: false),
            DiagnoseCommand.Create(),
        };
        int code = await new CheckedCommand(root, output, error, UnknownArguments.ErrorsOf).InvokeAsync(arguments);
        return (code, output.ToString().ReplaceLineEndings("\n"), error.ToString().TrimEnd().ReplaceLineEndings("\n"));
    }

    /// <summary>Runs a command line that is refused with 2, one line for each error and nothing else.</summary>
    internal static async Task<string[]> Refused(params string[] arguments)
    {
        (int code, string output, string error) = await Invoke(arguments);
        Assert.Equal((ExitCode.WrongUse, ""), (code, output));
        return error.Split('\n');
    }
}
