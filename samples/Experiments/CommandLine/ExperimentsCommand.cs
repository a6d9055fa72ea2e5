using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using Functional.Optim;
using LanguageExt.Common;
using MiniGpt;

namespace Experiments;

/// <summary>The command line: <c>list</c> and <c>run</c>, errors into lines and exit codes.</summary>
public sealed class ExperimentsCommand
{
    private const ulong DefaultSeed = 1;
    private const string Everything = "all";

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
    /// <param name="error">Where errors are written.</param>
    public ExperimentsCommand(Func<int> list, Func<RunRequest, CancellationToken, int> run, TextWriter output, TextWriter error)
    {
        (this.output, this.error) = (output, error);
        foreach (Option option in (Option[])[seed, folder, format]) option.Recursive = true;
        Command listing = new("list", "Lists the experiments"), running = new("run", "Runs one experiment, several or all") { seed, folder, format };
        listing.SetAction(_ => list());
        running.SetAction(_ => Refuse([$"run takes names of experiments; {Known}"]));
        foreach (Experiment experiment in Catalogue.All) running.Add(CommandOf(experiment.Name, experiment.Idea, [experiment], run));
        running.Add(CommandOf(Everything, "Runs all; an option of an experiment goes to every one that has it", Catalogue.All, run));
        root.Add(listing);
        root.Add(running);
    }

    private static string Known => $"known are {string.Join(", ", Catalogue.All.Select(experiment => experiment.Name))} and {Everything}";

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
            return RunCommand.Interrupted;
        }
        catch (ExpectedException error)
        {
            return Refuse([error.Message]);
        }
        catch (Exception exception)
        {
            // The outermost edge: a person is told what failed, not where in the code.
            error.WriteErrorLine($"failed: {exception.Message}");
            return RunCommand.Failure;
        }
    }

    /// <summary>Runs some experiments and those named after them. It knows the options of all and shows those of the first.</summary>
    private Command CommandOf(
        string name, string description, IReadOnlyList<Experiment> first, Func<RunRequest, CancellationToken, int> run)
    {
        Argument<string[]> others = new("NAME") { Description = "More experiments", Arity = ArgumentArity.ZeroOrMore };
        Command command = new(name, description) { others };
        Option<string?>[] options = [.. Catalogue.All.SelectMany(experiment => experiment.Settings).Select(setting => setting.Name).Distinct().Select(OptionOf)];
        foreach (Option<string?> option in options) command.Add(option);
        command.SetAction((parsed, cancellation) =>
        {
            string[] names = parsed.GetValue(others) ?? [];
            string? unknown = names.FirstOrDefault(other => Catalogue.All.All(experiment => experiment.Name != other));
            Experiment[] chosen = [.. first.Concat(Catalogue.All.Where(experiment => names.Contains(experiment.Name))).Distinct()];
            Dictionary<string, string> given = options.Where(option => parsed.GetResult(option) is not null)
                .ToDictionary(
                    option => option.Name,
                    option => CheckedOption.LacksValue(parsed.GetResult(option)!) ? "" : parsed.GetValue(option) ?? "");
            string? homeless = unknown?.StartsWith('-') == true
                ? unknown
                : given.Keys.FirstOrDefault(option => chosen.All(experiment => experiment.Settings.All(setting => $"--{setting.Name}" != option)));
            return homeless is not null ? Task.FromResult(Refuse([$"{name} has no option {homeless}; {OptionsOf(chosen)}"]))
                : unknown is not null ? Task.FromResult(Refuse([$"'{unknown}' is no experiment; {Known}"]))
                : Task.Run(() => Run(parsed, chosen, given, run, cancellation), CancellationToken.None);
        });
        return command;

        Option<string?> OptionOf(string option)
        {
            Setting? own = first.Count == 1 ? first[0].Settings.FirstOrDefault(setting => setting.Name == option) : null;
            return new($"--{option}")
            {
                Description = own is null ? null : $"{own.Description} [default: {own.Default}]",
                Hidden = own is null,
                HelpName = "VALUE",
                Arity = ArgumentArity.ZeroOrOne,
            };
        }
    }

    private int Run(
        ParseResult parsed, IEnumerable<Experiment> chosen, Dictionary<string, string> given,
        Func<RunRequest, CancellationToken, int> run, CancellationToken cancellation)
    {
        LanguageExt.Validation<Error, PreparedExperiment>[] prepared =
        [
            .. chosen.Select(experiment => experiment.Prepare(given
                .Where(pair => experiment.Settings.Any(setting => $"--{setting.Name}" == pair.Key))
                .ToDictionary(pair => pair.Key[2..], pair => pair.Value))),
        ];
        string[] errors = [.. prepared.SelectMany(one => one.FailToSeq()).Select(error => error.Message).Distinct()];
        return errors.Length > 0
            ? Refuse(errors)
            : run(
                new RunRequest(
                    [.. prepared.SelectMany(one => one.SuccessToSeq())], parsed.GetValue(seed) ?? DefaultSeed, parsed.GetValue(folder),
                    ReportFormat.All.First(known => known.Name == (parsed.GetValue(format) ?? ReportFormat.All[0].Name))),
                cancellation);
    }

    private static IEnumerable<string> ErrorsOf(ParseResult parsed)
    {
        foreach (ParseError error in parsed.Errors.Where(error => error.SymbolResult is not CommandResult)) yield return error.Message;
        if (parsed.UnmatchedTokens is [string first, ..])
        {
            yield return parsed.CommandResult.Command.Name == "run" && !first.StartsWith('-')
                ? $"'{first}' is no experiment; {Known}"
                : $"'{string.Join(' ', parsed.UnmatchedTokens)}' is not understood; --help lists what is";
        }
        else if (parsed.Errors.All(error => error.SymbolResult is CommandResult))
        {
            yield return "list shows the experiments, run runs them; --help explains both";
        }
    }

    private static string OptionsOf(IEnumerable<Experiment> experiments)
    {
        string[] names = [.. experiments.SelectMany(experiment => experiment.Settings).Select(setting => $"--{setting.Name}").Distinct()];
        return names.Length == 0 ? "it has none of its own" : $"it has {Figure.List(names)}";
    }

    private int Refuse(IEnumerable<string> errors)
    {
        foreach (string message in errors) error.WriteErrorLine(message);
        return RunCommand.WrongUse;
    }
}
