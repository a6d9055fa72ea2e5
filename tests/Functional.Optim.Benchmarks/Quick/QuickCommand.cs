using System.CommandLine;
using System.IO.Enumeration;
using System.Text.Json;
using CommandLine;

namespace Functional.Optim.Benchmarks.Quick;

/// <summary>
/// Measures the benchmarks of this program in seconds instead of minutes: each in turn with what it is compared with.
/// </summary>
internal static class QuickCommand
{
    /// <summary>The word on the command line that selects this command.</summary>
    internal const string Word = "quick";

    private const int DefaultRounds = 41, MaxRounds = 10_000;

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">The arguments after the word.</param>
    /// <param name="output">Where the results are written.</param>
    /// <param name="error">Where errors are written.</param>
    /// <returns>The exit code.</returns>
    internal static Task<int> Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        Option<string[]> filter = new("--filter")
        {
            Description = "Only cases whose name, such as ComposedAdamW(65,536), matches one of these; * is any text",
            DefaultValueFactory = static _ => ["*"],
            AllowMultipleArgumentsPerToken = true,
        };
        Option<int?> rounds = CheckedOption.Number<int>(
            "--rounds", $"Number of turns of each method [default: {DefaultRounds}]",
            $"an integer from 1 to {MaxRounds}", static value => value is >= 1 and <= MaxRounds);
        Option<bool> json = new("--json") { Description = "One line of JSON for each method instead of a table" };
        Option<string?> folder = MeasuredFile.Folder("<processor>.md");
        RootCommand root = new("Measures each method in turn with its baseline, and shows the medians of the ratios.")
        {
            filter, rounds, json, folder,
        };
        CheckedCommand command = new(root, output, error, UnknownArguments.ErrorsOf);
        root.SetAction(parsed =>
        {
            string[] filters = parsed.GetValue(filter)!;
            QuickCase[] cases =
            [
                .. QuickCase.All
                    .Where(known => filters.Any(one => FileSystemName.MatchesSimpleExpression(one, known.Name))),
            ];
            if (cases.Length == 0)
            {
                string known = string.Join("; ", QuickCase.All.Select(one => one.Name));
                return command.Refuse($"no case matches {Words.Or(filters)}; there are: {known}");
            }

            string? results = parsed.GetValue(folder);
            MeasuredFile.Prepare(results);
            Measure(
                cases, parsed.GetValue(rounds) ?? DefaultRounds, parsed.GetValue(json), output, results,
                MeasuredFile.CommandOf([Word, .. arguments]));
            return ExitCode.Success;
        });
        return command.InvokeAsync(arguments);
    }

    private static void Measure(
        QuickCase[] cases, int rounds, bool json, TextWriter output, string? folder, string command)
    {
        Machine? machine = folder is null ? null : Machine.Current;
        List<(QuickCase Case, IReadOnlyList<QuickResult> Results)> results = [];
        foreach (QuickCase one in cases)
        {
            results.Add((one, QuickResult.Measure(one, rounds)));
            if (!json) continue;
            foreach (QuickResult result in results[^1].Results)
                output.WriteLine(JsonSerializer.Serialize(result, JsonSerializerOptions.Web));
        }

        if (!json) output.Write(ResultsFile.Numbers(results));
        if (machine is null) return;
        string page = ResultsFile.Page(machine, DateOnly.FromDateTime(DateTime.Today), command, results);
        MeasuredFile.Write(folder!, $"{machine.FileName}.md", page);
    }
}
