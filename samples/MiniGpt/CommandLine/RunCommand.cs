using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using CommandLine;
using Functional.Optim;
using LanguageModel;

namespace MiniGpt;

/// <summary>
/// The command line: turns options into <see cref="RunOptions"/>, and errors into lines and exit codes.
/// </summary>
public sealed class RunCommand
{
    private const string DefaultFolder = "minigpt-run";
    private const ulong DefaultSeed = 1337;
    private const int MaxSteps = 1_000_000_000, MaxSize = 65_536, MaxLayers = 1024, MaxThreads = 1024;

    /// <summary>Where an option says nothing else, a run is divided into this many parts.</summary>
    private const int PartsOfRun = 20;

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
    private readonly Option<double?> learningRate = Real("--learning-rate", "Maximum learning rate");
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

    /// <summary>Makes the command.</summary>
    /// <param name="run">The run. It returns the exit code; its token is cancelled when Ctrl+C asks it to stop.</param>
    /// <param name="output">Where the help is written.</param>
    /// <param name="error">Where errors are written.</param>
    public RunCommand(Func<RunOptions, CancellationToken, Task<int>> run, TextWriter output, TextWriter error)
    {
        root = new RootCommand("Trains a small GPT on the characters of a text, then lets it write a paragraph.")
        {
            text, preset, steps, seed, optimizer, learningRate, schedule, warmup, weightDecay, batch, context, layers,
            heads, width, biases, dropout, clip, evaluateEvery, folder, threads, json,
        };
        root.Options.Remove(root.Options.OfType<HelpOption>().First());
        root.Options.Add(HelpTopics.Option(new PresetTable(
            (steps.Name, of => Text(of.Steps)), (learningRate.Name, of => Text(of.LearningRate)),
            (warmup.Name, of => Text(of.WarmupSteps)), (batch.Name, of => Text(of.BatchSize)),
            (context.Name, of => Text(of.Context)), (layers.Name, of => Text(of.Layers)),
            (heads.Name, of => Text(of.Heads)), (width.Name, of => Text(of.Width)),
            (biases.Name, of => Text(of.Biases)), (dropout.Name, of => Text(of.Dropout)))));
        command = new CheckedCommand(
            root, output, error, parsed => UnknownArguments.ErrorsOf(parsed.UnmatchedTokens, root.Options));
        root.SetAction((parsed, cancellation) => OptionsOf(parsed).Match(
            Succ: options => run(options, cancellation),
            Fail: errors => Task.FromResult(command.Refuse(errors.Map(found => found.Message)))));
    }

    /// <summary>The options, without those for the help and the version.</summary>
    public IEnumerable<Option> Options =>
        root.Options.Where(option => option is not VersionOption && option.Name != HelpTopics.Name);

    /// <summary>Reads the arguments and runs, or writes what is wrong with them. The result is the exit code.</summary>
    /// <param name="arguments">The arguments of the program.</param>
    public Task<int> InvokeAsync(params string[] arguments) => command.InvokeAsync(arguments);

    private LanguageExt.Validation<LanguageExt.Common.Error, RunOptions> OptionsOf(ParseResult parsed)
    {
        Preset start = Preset.All.First(known => known.Name == (parsed.GetValue(preset) ?? Preset.All[0].Name));
        int all = parsed.GetValue(steps) ?? start.Steps;
        Preset chosen = start with
        {
            Steps = all,
            Optimizer = parsed.GetValue(optimizer) ?? start.Optimizer,
            LearningRate = parsed.GetValue(learningRate) ?? start.LearningRate,
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
        };
        return ErrorsOf(chosen)
            .Make(() => OptimizerChoice.Create(chosen)).Bind(static created => created)
            .Map(_ => new RunOptions(
                chosen, parsed.GetValue(text), parsed.GetValue(folder) ?? DefaultFolder,
                parsed.GetValue(seed) ?? DefaultSeed, parsed.GetValue(threads) ?? Environment.ProcessorCount,
                parsed.GetValue(evaluateEvery) ?? Math.Max(all / PartsOfRun, 1),
                parsed.GetValue(json)));
    }

    /// <summary>What must hold between options.</summary>
    private ValidationErrors ErrorsOf(Preset chosen) => new ValidationErrors()
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
