using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using CommandLine;
using Functional.Optim;

namespace Experiments;

/// <summary>The command line: <c>list</c> and <c>run</c>, errors into lines and exit codes.</summary>
public sealed class ExperimentsCommand
{
    private const ulong DefaultSeed = 1;
    private const string All = "all", RunName = "run", LongName = "--long";

    private readonly Option<ulong?> seed = CheckedOption.Number<ulong>("--seed",
        $"Seed; the same seed gives the same figures [default: {DefaultSeed}]",
        $"an integer from 0 to {ulong.MaxValue}", _ => true);
    private readonly Option<string?> folder = CheckedOption.Path("--out", "FOLDER",
        "Folder for tables, pictures and an index.html [default: none]");
    private readonly Option<string?> format = CheckedOption.OneOf("--format",
        $"format of the output [default: {ReportFormat.All[0].Name}]",
        [.. ReportFormat.All.Select(known => known.Name)]);
    private readonly Option<bool> isLong = new(LongName)
    {
        Description = "Run those too that take ten minutes: "
            + Words.And(ExperimentCatalogue.All.Where(known => known.IsLong).Select(known => known.Name)),
    };
    private readonly RootCommand root = new("Experiments on optimizers and learning-rate schedules, "
        + "each with tables and pictures.");
    private readonly CheckedCommand command;
    private readonly Func<RunRequest, CancellationToken, int> run;

    /// <summary>Makes the command.</summary>
    /// <param name="list">Lists the experiments.</param>
    /// <param name="run">
    /// Runs experiments. It returns the exit code; its token is cancelled when Ctrl+C asks it to stop.
    /// </param>
    /// <param name="output">Where the help is written.</param>
    /// <param name="error">Where errors are written.</param>
    public ExperimentsCommand(
        Func<int> list, Func<RunRequest, CancellationToken, int> run, TextWriter output, TextWriter error)
    {
        this.run = run;
        command = new CheckedCommand(root, output, error, OtherErrorsOf);
        root.Options.OfType<HelpOption>().First().Action = new ExperimentHelp();
        foreach (Option option in (Option[])[seed, folder, format]) option.Recursive = true;
        Command listing = new("list", "Lists the experiments");
        Command running = new(RunName, "Runs one experiment, several or all; run NAME --help shows the options of one")
        {
            seed, folder, format,
        };
        listing.SetAction(_ => list());
        running.SetAction(_ => command.Refuse($"{RunName} takes names of experiments; {KnownNames}"));
        foreach (Experiment experiment in ExperimentCatalogue.All)
            running.Add(CommandOf(experiment.Name, experiment.Title, [experiment]));
        Command all = CommandOf(
            All, "All of them; an option goes to every experiment that has it", ExperimentCatalogue.All);
        all.Add(isLong);
        running.Add(all);
        root.Add(listing);
        root.Add(running);
    }

    private static ImmutableArray<string> Names { get; } =
    [
        .. ExperimentCatalogue.All.Select(experiment => experiment.Name), All,
    ];

    private static string KnownNames => $"known are {Words.And(Names)}";

    /// <summary>Reads the arguments and runs, or writes what is wrong with them. The result is the exit code.</summary>
    /// <param name="arguments">The arguments of the program.</param>
    public Task<int> InvokeAsync(params string[] arguments) => command.InvokeAsync(arguments);

    /// <summary>
    /// A command that runs some experiments and those named after them. It takes the options of all experiments, and
    /// shows those of the first in its help.
    /// </summary>
    private Command CommandOf(string name, string description, IReadOnlyList<Experiment> first)
    {
        Argument<string[]> others = new("NAME") { Description = "More experiments", Arity = ArgumentArity.ZeroOrMore };
        Command one = new(name, description) { others };
        IReadOnlyList<Setting> shown = first.Count == 1 ? first[0].Settings : [];
        Option<string?>[] options =
        [
            .. shown.Concat(ExperimentCatalogue.All.SelectMany(experiment => experiment.Settings))
                .DistinctBy(setting => setting.Name)
                .Select(setting => OptionOf(setting, isShown: shown.Contains(setting))),
        ];
        foreach (Option<string?> option in options) one.Add(option);
        one.SetAction((parsed, cancellation) =>
        {
            string[] names = parsed.GetValue(others) ?? [];
            Experiment[] possible =
            [
                .. first.Concat(ExperimentCatalogue.All.Where(experiment => names.Contains(experiment.Name)))
                    .Distinct(),
            ];
            Experiment[] leftOut = first.Count == 1 || parsed.GetValue(isLong)
                ? []
                : [.. possible.Where(experiment => experiment.IsLong && !names.Contains(experiment.Name))];
            Dictionary<string, string> given = options.Where(option => parsed.GetResult(option) is not null)
                .ToDictionary(
                    option => option.Name,
                    option => CheckedOption.LacksValue(parsed.GetResult(option)!) ? "" : parsed.GetValue(option) ?? "");
            return ErrorOf(name, names, possible, given.Keys) is { } error
                ? Task.FromResult(command.Refuse(error))
                : Task.Run(() => Run(parsed, possible, leftOut, given, cancellation), CancellationToken.None);
        });
        return one;
    }

    private static Option<string?> OptionOf(Setting setting, bool isShown) => new($"--{setting.Name}")
    {
        Description = isShown ? $"{setting.Description} [default: {setting.Default}]" : null,
        Hidden = !isShown,
        HelpName = "VALUE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>
    /// The first name that is no experiment, or the first option that none of the chosen experiments has.
    /// </summary>
    private static string? ErrorOf(
        string command, IReadOnlyList<string> names, IReadOnlyList<Experiment> chosen, IEnumerable<string> options)
    {
        string[] allowed =
        [
            .. chosen.SelectMany(experiment => experiment.Settings).Select(setting => $"--{setting.Name}").Distinct(),
        ];
        string? unknown = names.FirstOrDefault(
            name => ExperimentCatalogue.All.All(experiment => experiment.Name != name));
        string? option = unknown?.StartsWith('-') == true
            ? unknown
            : options.FirstOrDefault(given => !allowed.Contains(given));
        if (option is null) return unknown is null ? null : UnknownExperiment(unknown);
        string own = allowed.Length == 0 ? "it has none of its own" : $"it has {Words.And(allowed)}";
        return $"{command} has no option {option}; {own}{Suggestion.For(option, allowed)}";
    }

    private static string UnknownExperiment(string name) =>
        $"'{name}' is no experiment; {KnownNames}{Suggestion.For(name, Names)}";

    private int Run(
        ParseResult parsed, IEnumerable<Experiment> possible, Experiment[] leftOut, Dictionary<string, string> given,
        CancellationToken cancellation)
    {
        LanguageExt.Validation<LanguageExt.Common.Error, PreparedExperiment>[] prepared =
        [
            .. possible.Except(leftOut).Select(experiment => experiment.Prepare(given
                .Where(pair => experiment.Settings.Any(setting => $"--{setting.Name}" == pair.Key))
                .ToDictionary(pair => pair.Key[2..], pair => pair.Value))),
        ];
        string[] errors = [.. prepared.SelectMany(one => one.FailToSeq()).Select(error => error.Message).Distinct()];
        if (errors.Length > 0) return command.Refuse(errors);
        string chosenFormat = parsed.GetValue(format) ?? ReportFormat.All[0].Name;
        return run(
            new RunRequest(
                [.. prepared.SelectMany(one => one.SuccessToSeq())], parsed.GetValue(seed) ?? DefaultSeed,
                parsed.GetValue(folder), ReportFormat.All.First(known => known.Name == chosenFormat))
            {
                LeftOut = [.. leftOut.Select(experiment => experiment.Name)],
            },
            cancellation);
    }

    private IEnumerable<string> OtherErrorsOf(ParseResult parsed)
    {
        string[] commands = [.. root.Subcommands.Select(known => known.Name)];
        if (parsed.UnmatchedTokens is [string first, ..])
        {
            yield return parsed.CommandResult.Command.Name == RunName && !first.StartsWith('-')
                ? UnknownExperiment(first)
                : $"'{string.Join(' ', parsed.UnmatchedTokens)}' is not understood; --help lists the commands"
                    + Suggestion.For(first, commands);
        }
        else if (parsed.Errors.All(error => error.SymbolResult is CommandResult))
        {
            yield return "list shows the experiments, run runs them; --help explains both";
        }
    }
}
