using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using CommandLine;
using Functional.Optim;
using Functional.Optim.Training;
using LanguageModel;

namespace MiniGpt;

/// <summary>
/// The command line: turns options into <see cref="RunOptions"/>, and errors into lines and exit codes.
/// </summary>
public sealed class RunCommand
{
    private const string DefaultFolder = "minigpt-run";
    private const ulong DefaultSeed = 1337;
    private const int DefaultKeep = 3;
    private const int MaxMicroBatches = 8;
    private const int MaxSteps = 1_000_000_000, MaxSize = 65_536, MaxLayers = 1024, MaxThreads = 1024;

    /// <summary>Where an option says nothing else, a run is divided into this many parts.</summary>
    private const int PartsOfRun = 20;

    private static readonly string[] Policies =
        [.. Enum.GetNames<NonFinitePolicy>().Select(name => name.ToLowerInvariant())];

    private static readonly string AllowedTokens =
        $"{string.Join(", ", Tokenizer.Known)}, or NAME:V for the first V tokens of one";

    private static readonly string MaxTensor = $"up to {int.MaxValue}, the elements of a tensor";

    private readonly Option<string?> text = CheckedOption.Path("--text", "FILE",
        "UTF-8 text to train on; its last tenth is held out [default: the API "
        + "documentation that the .NET SDK installs]");
    private readonly Option<string?> preset = CheckedOption.OneOf("--preset",
        $"model and training [default: {Preset.All[0].Name}]",
        [.. Preset.All.Select(known => known.Name)]);
    private readonly Option<int?> steps = Count("--steps", MaxSteps, "Number of training steps");
    private readonly Option<ulong?> seed = CheckedOption.Number<ulong>("--seed",
        $"Seed; the same seed gives the same losses to the last bit [default: {DefaultSeed}]",
        $"an integer from 0 to {ulong.MaxValue}", _ => true);
    private readonly Option<string?> optimizer = CheckedOption.Entry(OptimizerChoice.Known.Option,
        WithDefault("Optimizer; its own options may follow in parentheses", of => of.Optimizer),
        OptimizerChoice.Known.Names);
    private readonly Option<double?> learningRate = Real("--learning-rate",
        "Maximum learning rate; of muon and its kin 20 times that of the preset, of rate-free ones 1");
    private readonly Option<double?> adamRate = Real("--adam-rate",
        "Maximum learning rate of adamW for what muon and its kin do not take [default: the preset's]");
    private readonly Option<string?> schedule = CheckedOption.Entry(ScheduleChoice.Known.Option,
        WithDefault("Schedule of the learning rate; options may follow too", of => of.Schedule),
        ScheduleChoice.Known.Names);
    private readonly Option<int?> warmup = CheckedOption.Number<int>("--warmup",
        "Number of steps up to the maximum learning rate; fewer than --steps",
        "an integer from 0, below --steps", value => value >= 0);
    private readonly Option<double?> weightDecay = Real("--weight-decay",
        $"Weight decay of the matrices [default: {Text(Preset.DecoupledDecay)} for adamw, else the optimizer's own]");
    private readonly Option<int?> batch = Count("--batch", MaxSize, "Sequences in a batch");
    private readonly Option<int?> context = Count("--context", MaxSize, "Characters in a sequence");
    private readonly Option<int?> layers = Count("--layers", MaxLayers, "Transformer blocks");
    private readonly Option<int?> heads =
        Count("--heads", MaxSize, "Attention heads; --width must be a multiple of them");
    private readonly Option<int?> width = Count("--width", MaxSize, "Length of the vector of a character");
    private readonly Option<string?> biases = CheckedOption.OneOf("--biases",
        "whether linear layers and layer norms have biases", [Text(true), Text(false)]);
    private readonly Option<double?> dropout = CheckedOption.Number<double>("--dropout",
        "Share of the activations that training drops", "a number from 0, below 1", value => value is >= 0 and < 1);
    private readonly Option<double?> clip = Real("--clip",
        WithDefault("Maximum norm of the gradient; 0 for no limit", of => of.Clip));
    private readonly Option<string?> tokens = CheckedOption.Text("--tokens", "NAME",
        $"What the text is divided into: {AllowedTokens}", AllowedTokens, name => Tokenizer.SizeOf(name).IsSucc);
    private readonly Option<int?> microBatches = Count("--micro-batches", MaxSize,
        "Parts of a batch, a power of two, which processes of mpiexec divide [default: 1; of several processes up to "
        + $"{MaxMicroBatches}]");
    private readonly Option<int?> accumulate = Count("--accumulate", MaxSteps,
        "Batches gathered for each update; --steps and --warmup count batches [default: 1]");
    private readonly Option<string?> average = CheckedOption.Text("--average", "NAME",
        $"Average of the parameters, which is validated and written: {AverageChoice.Allowed} "
        + $"[default: {AverageChoice.None}]", AverageChoice.Allowed, AverageChoice.IsAllowed);
    private readonly Option<int?> earlyStop = Count("--early-stop", MaxSteps,
        "Stop after so many validations in a row without a better one [default: never]");
    private readonly Option<string?> onNonFinite = CheckedOption.OneOf("--on-non-finite",
        "what to do with a loss or gradient that is NaN or infinite [default: throw]", Policies);
    private readonly Option<bool> findRate = new("--find-rate")
    {
        Description = "Look for a learning rate instead: a sweep with its table, picture and suggestion",
    };
    private readonly Option<bool> resume = new("--resume")
    {
        Description = "Continue the run in --out; options that are not given are those of the run",
    };
    private readonly Option<string[]> allowChange = new("--allow-change")
    {
        Description = "Option that may differ from that of the run that is continued; may be repeated",
        HelpName = "NAME",
    };
    private readonly Option<bool> overwrite = new("--overwrite")
    {
        Description = "Start anew in a folder with checkpoints, which are removed",
    };
    private readonly Option<int?> checkpointEvery = Count("--checkpoint-every", MaxSteps,
        "Number of steps between checkpoints [default: a twentieth of --steps]");
    private readonly Option<int?> keep = Count("--keep", MaxSize,
        $"Number of newest checkpoints that are kept, besides the best [default: {DefaultKeep}]");
    private readonly Option<int?> evaluateEvery = Count("--eval-every", MaxSteps,
        "Number of steps between validations [default: a twentieth of --steps]");
    private readonly Option<string?> folder = CheckedOption.Path("--out", "FOLDER",
        $"Folder for the plot, the metrics and the parameters [default: {DefaultFolder}]");
    private readonly Option<int?> threads = Count("--threads", MaxThreads,
        "Maximum number of threads; no result depends on it [default: one per core]");
    private readonly Option<bool> json =
        new("--json") { Description = "End the output with the figures of the run as one line of JSON" };
    private readonly RootCommand root;
    private readonly CheckedCommand command;
    private readonly int processes, processesHere;

    /// <summary>Makes the command.</summary>
    /// <param name="run">The run. It returns the exit code; its token is cancelled when Ctrl+C asks it to stop.</param>
    /// <param name="output">Where the help is written.</param>
    /// <param name="error">Where errors are written.</param>
    /// <param name="processes">How many processes run it together.</param>
    /// <param name="processesHere">How many of them share this machine.</param>
    public RunCommand(
        Func<RunOptions, CancellationToken, Task<int>> run, TextWriter output, TextWriter error, int processes = 1,
        int processesHere = 1)
    {
        (this.processes, this.processesHere) = (processes, processesHere);
        root = new RootCommand("Trains a small GPT on a text and lets it write a paragraph, or uses a trained one.")
        {
            text, preset, steps, seed, optimizer, learningRate, adamRate, schedule, warmup, weightDecay, batch, context,
            layers, heads, width, biases, dropout, tokens, clip, microBatches, accumulate, average, earlyStop,
            onNonFinite, findRate, evaluateEvery, folder, checkpointEvery, keep, resume, allowChange, overwrite,
            threads, json,
        };
        root.Options.Remove(root.Options.OfType<HelpOption>().First());
        root.Options.Add(HelpTopics.Option(new PresetTable(
            (steps.Name, of => Text(of.Steps)), (learningRate.Name, of => Text(of.LearningRate)),
            (warmup.Name, of => Text(of.WarmupSteps)), (batch.Name, of => Text(of.BatchSize)),
            (context.Name, of => Text(of.Context)), (layers.Name, of => Text(of.Layers)),
            (heads.Name, of => Text(of.Heads)), (width.Name, of => Text(of.Width)),
            (biases.Name, of => Text(of.Biases)), (dropout.Name, of => Text(of.Dropout)),
            (tokens.Name, of => of.Tokens))));
        root.Subcommands.Add(GenerateCommand.Create());
        root.Subcommands.Add(InspectCommand.Create(isTerminal: !Console.IsOutputRedirected));
        root.Subcommands.Add(DiagnoseCommand.Create());
        command = new CheckedCommand(root, output, error, UnknownArguments.ErrorsOf);
        root.SetAction((parsed, cancellation) => SavedOf(parsed)
            .Match(Succ: saved => OptionsOf(parsed, saved), Fail: error => error)
            .Match(
                Succ: options => run(options, cancellation),
                Fail: errors => Task.FromResult(command.Refuse(errors.Map(found => found.Message)))));
    }

    /// <summary>The options, without those for the help and the version.</summary>
    public IEnumerable<Option> Options =>
        root.Options.Where(option => option is not VersionOption && option.Name != HelpTopics.Name);

    /// <summary>Reads the arguments and runs, or writes what is wrong with them. The result is the exit code.</summary>
    /// <param name="arguments">The arguments of the program.</param>
    public Task<int> InvokeAsync(params string[] arguments) => command.InvokeAsync(arguments);

    /// <summary>The run that is continued; none for a new one.</summary>
    private LanguageExt.Fin<SavedRun> SavedOf(ParseResult parsed) => parsed.GetValue(resume)
        ? SavedRun.In(parsed.GetValue(folder) ?? DefaultFolder)
        : SavedRun.None;

    private LanguageExt.Validation<LanguageExt.Common.Error, RunOptions> OptionsOf(ParseResult parsed, SavedRun saved)
    {
        Preset start = parsed.GetValue(preset) is { } name
            ? Preset.All.First(known => known.Name == name)
            : saved.Preset ?? Preset.All[0];
        if (parsed.GetValue(optimizer) is { } other && other != start.Optimizer)
            start = OptimizerChoice.With(start, other);
        int all = parsed.GetValue(steps) ?? start.Steps;
        Preset chosen = start with
        {
            Steps = all,
            LearningRate = parsed.GetValue(learningRate) ?? start.LearningRate,
            AdamRate = parsed.GetValue(adamRate) ?? start.AdamRate,
            Schedule = parsed.GetValue(schedule) ?? start.Schedule,
            WarmupSteps = parsed.GetValue(warmup) ?? (start.WarmupSteps < all ? start.WarmupSteps : all / PartsOfRun),
            WeightDecay = parsed.GetValue(weightDecay) ?? start.WeightDecay,
            BatchSize = parsed.GetValue(batch) ?? start.BatchSize,
            Context = parsed.GetValue(context) ?? start.Context,
            Layers = parsed.GetValue(layers) ?? start.Layers,
            Heads = parsed.GetValue(heads) ?? start.Heads,
            Width = parsed.GetValue(width) ?? start.Width,
            Biases = parsed.GetValue(biases) is { } given ? given == Text(true) : start.Biases,
            Dropout = parsed.GetValue(dropout) ?? start.Dropout,
            Clip = parsed.GetValue(clip) ?? start.Clip,
            Tokens = parsed.GetValue(tokens) ?? start.Tokens,
        };
        string averaged = parsed.GetValue(average) ?? saved.Text(SavedRun.Average) ?? AverageChoice.None;
        int parts = parsed.GetValue(microBatches) ?? saved.Integer<int>(SavedRun.MicroBatches)
            ?? (processes == 1 ? 1 : LargestPart(chosen.BatchSize));
        int gathered = parsed.GetValue(accumulate) ?? saved.Integer<int>(SavedRun.Accumulate) ?? 1;
        string policy = parsed.GetValue(onNonFinite) ?? saved.Text(SavedRun.OnNonFinite) ?? Policies[0];
        return ErrorsOf(chosen, parts, parsed.GetValue(findRate))
            .Make(() => OptimizerChoice.Create(chosen, averaged, gathered)).Bind(static created => created)
            .Map(_ => new RunOptions(
                chosen,
                parsed.GetValue(text) ?? saved.TextFile,
                parsed.GetValue(folder) ?? DefaultFolder,
                parsed.GetValue(seed) ?? saved.Integer<ulong>(SavedRun.Seed) ?? DefaultSeed,
                parsed.GetValue(threads) ?? Math.Max(Environment.ProcessorCount / processesHere, 1),
                parsed.GetValue(evaluateEvery) ?? saved.Integer<int>(SavedRun.EvaluateEvery) ?? PartOf(all),
                parsed.GetValue(json))
            {
                MicroBatches = parts,
                Accumulate = gathered,
                Average = averaged,
                EarlyStop = parsed.GetValue(earlyStop) ?? saved.Integer<int>(SavedRun.EarlyStop) ?? 0,
                OnNonFinite = Enum.Parse<NonFinitePolicy>(policy, ignoreCase: true),
                CheckpointEvery = parsed.GetValue(checkpointEvery) ?? saved.Integer<int>(SavedRun.CheckpointEvery)
                    ?? PartOf(all),
                Keep = parsed.GetValue(keep) ?? saved.Integer<int>(SavedRun.Keep) ?? DefaultKeep,
                FindRate = parsed.GetValue(findRate),
                Overwrite = parsed.GetValue(overwrite),
                Resume = parsed.GetValue(resume),
                AllowedChanges = [.. (parsed.GetValue(allowChange) ?? []).Select(change => change.TrimStart('-'))],
            });

        static int PartOf(int steps) => Math.Max(steps / PartsOfRun, 1);

        // The largest power of two that divides a batch is its lowest bit.
        static int LargestPart(int batch) => Math.Min(batch & -batch, MaxMicroBatches);
    }

    /// <summary>What must hold between options.</summary>
    private ValidationErrors ErrorsOf(Preset chosen, int parts, bool findsRate) => new ValidationErrors()
        .Require(int.IsPow2(parts) && chosen.BatchSize % parts == 0, microBatches.Name, parts,
            $"a power of two that divides {batch.Name}, which is {chosen.BatchSize}")
        .Require(int.IsPow2(processes) && parts % processes == 0, "the number of processes", processes,
            $"a power of two up to {microBatches.Name}, which is {parts}")
        .Require(processes == 1 || !findsRate, findRate.Name, $"one of {processes} processes", "one process")
        .Require(chosen.WarmupSteps < chosen.Steps, warmup.Name, chosen.WarmupSteps,
            $"an integer from 0, below the {chosen.Steps} of {steps.Name}")
        .Require(chosen.Width % chosen.Heads == 0, heads.Name, chosen.Heads,
            $"a divisor of {width.Name}, which is {chosen.Width}")
        .Require(chosen.ParameterCount(vocabulary: 0) <= Preset.MaxParameters, width.Name, chosen.Width,
            $"a width that makes, with {layers.Name} and {context.Name}, at most {Preset.MaxParameters:N0} parameters")
        .Require(chosen.ExpandedElements <= int.MaxValue,
            $"4 × {batch.Name} × {context.Name} × {width.Name}", chosen.ExpandedElements, MaxTensor)
        .Require(chosen.AttentionElements <= int.MaxValue,
            $"{batch.Name} × {heads.Name} × {context.Name}²", chosen.AttentionElements, MaxTensor)
        .Require(LogitsOf(chosen) <= int.MaxValue,
            $"{batch.Name} × {context.Name} × the vocabulary of {chosen.Tokens}", LogitsOf(chosen), MaxTensor);

    /// <summary>The elements of the logits; 0 where the vocabulary depends on the text.</summary>
    private static Int128 LogitsOf(Preset chosen) => chosen.LogitElements(Tokenizer.SizeOf(chosen.Tokens).IfFail(0));

    private static Option<int?> Count(string name, int max, string description) =>
        CheckedOption.Number<int>(
            name, description, $"an integer from 1 to {max}", given => given >= 1 && given <= max);

    private static Option<double?> Real(string name, string description) => CheckedOption.Number<double>(
        name, description, "a finite number from 0", given => double.IsFinite(given) && given >= 0);

    /// <summary>A description with the value that all presets have.</summary>
    private static string WithDefault<T>(string description, Func<Preset, T> value) =>
        $"{description} [default: {Text(Preset.All.Select(value).Distinct().Single())}]";

    private static string Text(bool value) => value ? "yes" : "no";

    private static string Text<T>(T value) => string.Create(CultureInfo.InvariantCulture, $"{value}");
}
