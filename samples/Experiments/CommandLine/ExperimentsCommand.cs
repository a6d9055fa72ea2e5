using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using Functional.Optim;
using LanguageExt.Common;
using MiniGpt;

namespace Experiments;

/// <summary>The command line: <c>list</c> and <c>run</c>, faults into lines and exit codes.</summary>
public sealed class ExperimentsCommand
{
    private const ulong DefaultSeed = 1;
    private const string Everything = "all";
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(10);

    private readonly Option<ulong?> seed = CheckedOption.Number<ulong>("--seed",
        $"Where all randomness comes from: the same seed, the same figures [default: {DefaultSeed}]",
        $"a whole number from 0 to {ulong.MaxValue}", _ => true);
    private readonly Option<string?> folder = CheckedOption.Path("--out", "FOLDER",
        "Where tables, plots and an index.html go; made where missing [default: none are written]");
    private readonly Option<string?> format = CheckedOption.OneOf("--format",
        $"how the figures are written to the output [default: {ReportFormat.All[0].Name}]", [.. ReportFormat.All.Select(known => known.Name)]);
    private readonly RootCommand root = new("The experiments of the chapter on optimization, right and reproducible.");
    private readonly TextWriter output;
    private readonly TextWriter error;

    /// <summary>The command with what it does.</summary>
    /// <param name="list">Lists the experiments.</param>
    /// <param name="run">Runs some; it returns the exit code, and is told when Ctrl+C asks it to stop.</param>
    /// <param name="output">Where the help is written.</param>
    /// <param name="error">Where faults are written.</param>
    public ExperimentsCommand(Func<int> list, Func<RunRequest, CancellationToken, int> run, TextWriter output, TextWriter error)
    {
        (this.output, this.error) = (output, error);
        foreach (Option option in (Option[])[seed, folder, format]) option.Recursive = true;
        Command listing = new("list", "Lists the experiments"), running = new("run", "Runs one experiment, several or all") { seed, folder, format };
        listing.SetAction(_ => list());
        running.SetAction(_ => Refuse([$"run takes names of experiments; {Known}"]));
        Command all = new(Everything, "Runs all of them");
        all.SetAction((parsed, cancellation) => Task.Run(() => Run(parsed, Catalogue.All, [], run, cancellation), CancellationToken.None));
        running.Add(all);
        foreach (Experiment experiment in Catalogue.All) running.Add(CommandOf(experiment, run));
        root.Add(listing);
        root.Add(running);
    }

    private static string Known => $"known are {string.Join(", ", Catalogue.All.Select(experiment => experiment.Name))} and {Everything}";

    /// <summary>Reads the arguments and runs, or says what is wrong with them. The result is the exit code.</summary>
    public async Task<int> InvokeAsync(params string[] arguments)
    {
        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0) return Refuse(FaultsOf(parsed));
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeToStop,
            });
        }
        catch (OperationCanceledException)
        {
            return RunCommand.Interrupted;
        }
        catch (Exception exception)
        {
            // The outermost edge: a person is told what failed, not where in the code.
            await error.WriteLineAsync($"failed: {exception.Message}");
            return RunCommand.Failure;
        }
    }

    private Command CommandOf(Experiment experiment, Func<RunRequest, CancellationToken, int> run)
    {
        Argument<string[]> others = new("NAME") { Description = "More experiments", Arity = ArgumentArity.ZeroOrMore };
        Command command = new(experiment.Name, experiment.Idea) { others };
        (Setting Setting, Option<string?> Option)[] options =
        [
            .. experiment.Settings.Select(setting => (setting, new Option<string?>($"--{setting.Name}")
            {
                Description = $"{setting.Description} [default: {setting.Default}]", HelpName = "VALUE", Arity = ArgumentArity.ZeroOrOne,
            })),
        ];
        foreach ((_, Option<string?> option) in options) command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            string[] names = parsed.GetValue(others) ?? [];
            Dictionary<string, string> given = options
                .Where(pair => parsed.GetResult(pair.Option) is not null)
                .ToDictionary(pair => pair.Setting.Name, pair => parsed.GetValue(pair.Option) ?? "");
            if (names.FirstOrDefault(name => name.StartsWith('-')) is { } unknown)
                return Task.FromResult(Refuse([$"{experiment.Name} has no option {unknown}; {OptionsOf(experiment)}"]));
            if (names.FirstOrDefault(name => Catalogue.All.All(other => other.Name != name)) is { } nobody)
                return Task.FromResult(Refuse([$"'{nobody}' is no experiment; {Known}"]));
            if (names.Length > 0 && given.Count > 0)
                return Task.FromResult(Refuse([$"--{given.Keys.First()} belongs to {experiment.Name}; run it alone with it"]));
            Experiment[] chosen = [.. names.Prepend(experiment.Name).Distinct().Select(name => Catalogue.All.First(other => other.Name == name))];
            return Task.Run(() => Run(parsed, chosen, given, run, cancellation), CancellationToken.None);
        });
        return command;
    }

    private int Run(
        ParseResult parsed, IEnumerable<Experiment> chosen, Dictionary<string, string> given,
        Func<RunRequest, CancellationToken, int> run, CancellationToken cancellation) =>
        chosen.Select(experiment => experiment.Prepare(given))
            .Aggregate(
                LanguageExt.Prelude.Success<Error, ImmutableArray<PreparedExperiment>>([]),
                (ready, next) => from before in ready from one in next select before.Add(one))
            .Match(
                Succ: ready => run(
                    new RunRequest(
                        ready, parsed.GetValue(seed) ?? DefaultSeed, parsed.GetValue(folder),
                        ReportFormat.All.First(known => known.Name == (parsed.GetValue(format) ?? ReportFormat.All[0].Name))),
                    cancellation),
                Fail: faults => Refuse(faults.Map(fault => fault.Message)));

    private static IEnumerable<string> FaultsOf(ParseResult parsed)
    {
        foreach (ParseError fault in parsed.Errors.Where(fault => fault.SymbolResult is not CommandResult)) yield return fault.Message;
        if (parsed.UnmatchedTokens is [string first, ..])
        {
            yield return parsed.CommandResult.Command.Name == "run" && !first.StartsWith('-')
                ? $"'{first}' is no experiment; {Known}"
                : $"'{string.Join(' ', parsed.UnmatchedTokens)}' is not understood; --help lists what is";
        }
        else if (parsed.Errors.All(fault => fault.SymbolResult is CommandResult))
        {
            yield return "list shows the experiments, run runs them; --help explains both";
        }
    }

    private static string OptionsOf(Experiment experiment) => experiment.Settings.Count == 0
        ? "it has none of its own"
        : $"it has {Figure.List(experiment.Settings.Select(setting => $"--{setting.Name}"))}";

    private int Refuse(IEnumerable<string> faults)
    {
        foreach (string fault in faults) error.WriteLine(fault);
        return RunCommand.WrongUse;
    }
}
