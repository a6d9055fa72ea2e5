using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using Functional.Optim;

namespace MiniGpt;

/// <summary>The command line: options into <see cref="RunOptions"/>, errors into lines and exit codes.</summary>
public sealed class RunCommand
{
    /// <summary>The exit code of a run that did what it was asked.</summary>
    public const int Success = 0;

    /// <summary>The exit code of a run that failed for a reason of its own.</summary>
    public const int Failure = 1;

    /// <summary>The exit code of wrong use.</summary>
    public const int WrongUse = 2;

    /// <summary>The exit code of a run that Ctrl+C, or another request to end, stopped.</summary>
    public const int Interrupted = 130;

    private const string DefaultFolder = "minigpt-run";
    private const ulong DefaultSeed = 1337;
    private const int ManySteps = 1_000_000_000;

    private static readonly string Tensor = $"up to {int.MaxValue}, the elements of a tensor";

    private readonly Option<string?> text = CheckedOption.Path("--text", "FILE",
        "The UTF-8 text to train on, its last tenth held out [default: the API documentation that the .NET SDK installs]");
    private readonly Option<string?> preset = CheckedOption.OneOf("--preset",
        $"the model and its training, which the other options change [default: {Preset.All[0].Name}]",
        [.. Preset.All.Select(known => known.Name)]);
    private readonly Option<int?> steps = Count("--steps", ManySteps, "Updates", of => of.Steps);
    private readonly Option<ulong?> seed = CheckedOption.Number<ulong>("--seed",
        $"Where all randomness comes from: the same seed, the same losses to the last bit [default: {DefaultSeed}]",
        $"a whole number from 0 to {ulong.MaxValue}", _ => true);
    private readonly Option<string?> optimizer = CheckedOption.Entry(OptimizerChoice.Known,
        ByPreset("One of the optimizers below, with options of its own in parentheses or without", of => of.Optimizer));
    private readonly Option<double?> learningRate = Real("--learning-rate", "The highest learning rate", of => of.LearningRate);
    private readonly Option<string?> schedule = CheckedOption.Entry(ScheduleChoice.Known,
        ByPreset("One of the schedules below: how the learning rate goes on", of => of.Schedule));
    private readonly Option<int?> warmup = CheckedOption.Number<int>("--warmup",
        ByPreset("Updates up to the highest learning rate, fewer than --steps", of => of.WarmupSteps,
            "a twentieth of --steps where that does not fit"),
        "a whole number from 0, below --steps", value => value >= 0);
    private readonly Option<double?> weightDecay = Real("--weight-decay",
        $"Decay of the matrices [default: {Preset.DecoupledDecay.ToString(CultureInfo.InvariantCulture)} with adamw, else the optimizer's own]");
    private readonly Option<int?> batch = Count("--batch", 65_536, "Sequences in a step", of => of.BatchSize);
    private readonly Option<int?> context = Count("--context", 65_536, "Characters in a sequence", of => of.Context);
    private readonly Option<int?> layers = Count("--layers", 1024, "Transformer blocks", of => of.Layers);
    private readonly Option<int?> heads = Count("--heads", 65_536, "Attention heads; they divide --width", of => of.Heads);
    private readonly Option<int?> width = Count("--width", 65_536, "Length of the vector of a character", of => of.Width);
    private readonly Option<string?> biases = CheckedOption.OneOf("--biases",
        ByPreset("whether linear layers and layer norms have biases", of => Word(of.Biases)), [Word(true), Word(false)]);
    private readonly Option<double?> dropout = CheckedOption.Number<double>("--dropout",
        ByPreset("The share of activations dropped in training", of => of.Dropout),
        "a number from 0, below 1", value => value is >= 0 and < 1);
    private readonly Option<double?> clip = Real("--clip", "The greatest norm of the gradient, 0 for no limit", of => of.Clip);
    private readonly Option<int?> evaluateEvery = Count("--eval-every", ManySteps,
        "Updates from one validation to the next [default: a twentieth of --steps]");
    private readonly Option<string?> folder = CheckedOption.Path("--out", "FOLDER",
        $"Where the plot, the metrics and the parameters go; made where missing [default: {DefaultFolder}]");
    private readonly Option<int?> threads = Count("--threads", 1024,
        "The most threads to use; no result depends on it [default: one per core]");
    private readonly Option<bool> json = new("--json") { Description = "End the output with one line of JSON: the figures of the run" };
    private readonly RootCommand root;
    private readonly TextWriter output;
    private readonly TextWriter error;

    /// <summary>The command with what it runs.</summary>
    /// <param name="run">The run; it returns the exit code, and is told when Ctrl+C asks it to stop.</param>
    /// <param name="output">Where the help is written.</param>
    /// <param name="error">Where errors are written.</param>
    public RunCommand(Func<RunOptions, CancellationToken, Task<int>> run, TextWriter output, TextWriter error)
    {
        (this.output, this.error) = (output, error);
        root = new RootCommand("Trains a small GPT on the characters of a text and lets it write a paragraph.")
        {
            text, preset, steps, seed, optimizer, learningRate, schedule, warmup, weightDecay, batch, context, layers, heads, width,
            biases, dropout, clip, evaluateEvery, folder, threads, json,
        };
        HelpOption help = root.Options.OfType<HelpOption>().First();
        if (help.Action is HelpAction options) help.Action = new CatalogueHelp(options);
        root.SetAction((parsed, cancellation) => OptionsOf(parsed).Match(
            Succ: options => run(options, cancellation),
            Fail: errors => Task.FromResult(Refuse(errors.Map(error => error.Message)))));
    }

    /// <summary>The options, but for those that every command line has.</summary>
    public IEnumerable<Option> Options => root.Options.Where(option => option is not (HelpOption or VersionOption));

    /// <summary>Reads the arguments and runs, or says what is wrong with them. The result is the exit code.</summary>
    public async Task<int> InvokeAsync(params string[] arguments)
    {
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0) return Refuse(ErrorsOf(parsed));
        using Interruption interruption = new(error);
        try
        {
            return await parsed.InvokeAsync(
                new() { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
                interruption.Token);
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
        catch (Exception exception)
        {
            // The outermost edge: a person is told what failed, not where in the code.
            error.WriteErrorLine($"failed: {exception.Message}");
            return Failure;
        }
    }

    private LanguageExt.Validation<LanguageExt.Common.Error, RunOptions> OptionsOf(ParseResult parsed)
    {
        Preset start = Preset.All.First(known => known.Name == (parsed.GetValue(preset) ?? Preset.All[0].Name));
        int updates = parsed.GetValue(steps) ?? start.Steps;
        Preset chosen = start with
        {
            Steps = updates,
            Optimizer = parsed.GetValue(optimizer) ?? start.Optimizer,
            LearningRate = parsed.GetValue(learningRate) ?? start.LearningRate,
            Schedule = parsed.GetValue(schedule) ?? start.Schedule,
            WarmupSteps = parsed.GetValue(warmup) ?? (start.WarmupSteps < updates ? start.WarmupSteps : updates / 20),
            WeightDecay = parsed.GetValue(weightDecay) ?? start.WeightDecay,
            BatchSize = parsed.GetValue(batch) ?? start.BatchSize,
            Context = parsed.GetValue(context) ?? start.Context,
            Layers = parsed.GetValue(layers) ?? start.Layers,
            Heads = parsed.GetValue(heads) ?? start.Heads,
            Width = parsed.GetValue(width) ?? start.Width,
            Biases = parsed.GetValue(biases) is { } has ? has == Word(true) : start.Biases,
            Dropout = parsed.GetValue(dropout) ?? start.Dropout,
            Clip = parsed.GetValue(clip) ?? start.Clip,
        };
        return new ValidationErrors()
            .Require(chosen.WarmupSteps < updates, warmup.Name, chosen.WarmupSteps,
                $"a whole number from 0, below the {updates} of {steps.Name}")
            .Require(chosen.Width % chosen.Heads == 0, heads.Name, chosen.Heads,
                $"a divisor of {width.Name}, which is {chosen.Width}")
            .Require(chosen.ParameterCount(vocabulary: 0) <= Preset.MaxParameters, width.Name, chosen.Width,
                $"what makes, with {layers.Name} and {context.Name}, at most {Preset.MaxParameters:N0} parameters")
            .Require(chosen.ExpandedElements <= int.MaxValue, $"4 × {batch.Name} × {context.Name} × {width.Name}", chosen.ExpandedElements, Tensor)
            .Require(chosen.AttentionElements <= int.MaxValue, $"{batch.Name} × {heads.Name} × {context.Name}²", chosen.AttentionElements, Tensor)
            .Make(() => OptimizerChoice.Create(chosen)).Bind(static created => created)
            .Map(_ => new RunOptions(
                chosen, parsed.GetValue(text), parsed.GetValue(folder) ?? DefaultFolder, parsed.GetValue(seed) ?? DefaultSeed,
                parsed.GetValue(threads) ?? Environment.ProcessorCount, parsed.GetValue(evaluateEvery) ?? Math.Max(updates / 20, 1),
                parsed.GetValue(json)));
    }

    private int Refuse(IEnumerable<string> errors)
    {
        foreach (string message in errors) error.WriteErrorLine(message);
        return WrongUse;
    }

    private static IEnumerable<string> ErrorsOf(ParseResult parsed)
    {
        foreach (ParseError error in parsed.Errors.Where(error => error.SymbolResult is not CommandResult)) yield return error.Message;
        if (parsed.UnmatchedTokens.Count > 0)
            yield return $"'{string.Join(' ', parsed.UnmatchedTokens)}' is not understood; --help lists the options";
    }

    private static string Word(bool value) => value ? "yes" : "no";

    private static Option<int?> Count(string name, int most, string description, Func<Preset, int> value) =>
        Count(name, most, ByPreset(description, value));

    private static Option<int?> Count(string name, int most, string description) =>
        CheckedOption.Number<int>(name, description, $"a whole number from 1 to {most}", given => given >= 1 && given <= most);

    private static Option<double?> Real(string name, string description, Func<Preset, double> value) => Real(name, ByPreset(description, value));

    private static Option<double?> Real(string name, string description) =>
        CheckedOption.Number<double>(name, description, "a finite number from 0", given => double.IsFinite(given) && given >= 0);

    /// <summary>A description with what the presets set: one value where they agree.</summary>
    private static string ByPreset<T>(string description, Func<Preset, T> value, string? otherwise = null)
        where T : notnull
    {
        string Shown(Preset of) => string.Create(CultureInfo.InvariantCulture, $"{value(of)}");
        string defaults = Preset.All.Select(value).Distinct().Count() == 1
            ? Shown(Preset.All[0])
            : string.Join(", ", Preset.All.Select(of => $"{of.Name} {Shown(of)}"));
        return $"{description} [default: {defaults}{(otherwise is null ? "" : $"; {otherwise}")}]";
    }
}
