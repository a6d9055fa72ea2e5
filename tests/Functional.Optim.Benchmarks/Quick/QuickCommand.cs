using System.CommandLine;
using System.Globalization;
using System.IO.Enumeration;
using System.Text.Json;
using CommandLine;
using Spectre.Console;

namespace Functional.Optim.Benchmarks.Quick;

/// <summary>
/// Measures the benchmarks of this program in seconds instead of minutes: each in turn with what it is compared with.
/// </summary>
internal static class QuickCommand
{
    /// <summary>The word on the command line that selects this command.</summary>
    internal const string Word = "quick";

    private const int DefaultRounds = 41, MaxRounds = 10_000, TableWidth = 160;

    /// <summary>Runs the command.</summary>
    /// <param name="arguments">The arguments after the word.</param>
    /// <returns>The exit code.</returns>
    internal static Task<int> Run(IReadOnlyList<string> arguments)
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
        RootCommand root = new("Measures each method in turn with its baseline, and shows the medians of the ratios.")
        {
            filter, rounds, json,
        };
        root.SetAction(parsed => Measure(
            parsed.GetValue(filter)!, parsed.GetValue(rounds) ?? DefaultRounds, parsed.GetValue(json)));
        return new CheckedCommand(root, Console.Out, Console.Error, UnknownArguments.ErrorsOf).InvokeAsync(arguments);
    }

    private static int Measure(string[] filters, int rounds, bool json)
    {
        QuickCase[] cases =
        [
            .. QuickCase.All
                .Where(known => filters.Any(filter => FileSystemName.MatchesSimpleExpression(filter, known.Name))),
        ];
        if (cases.Length == 0)
        {
            string known = string.Join("; ", QuickCase.All.Select(one => one.Name));
            Console.Error.WriteLine($"no case matches {string.Join(" or ", filters)}; there are: {known}");
            return ExitCode.WrongUse;
        }

        Table table = new Table().Border(TableBorder.Markdown).AddColumns(
            "case", "method", "ms", "ratio", "quartiles", "bytes a call");
        foreach (QuickCase one in cases)
        {
            foreach (QuickResult result in QuickResult.Measure(one, rounds))
            {
                if (json) Console.WriteLine(JsonSerializer.Serialize(result, JsonSerializerOptions.Web));
                else table.AddRow([.. Cells(result).Select(Markup.Escape)]);
            }
        }

        // The width of a terminal does not apply when the output goes to a file.
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, TableWidth);
        if (!json) AnsiConsole.Write(table);
        return 0;
    }

    private static string[] Cells(QuickResult result) =>
    [
        result.Case, result.Method, Text($"{result.Milliseconds:G4}"), Text($"{result.Ratio:F3}"),
        Text($"{result.LowerQuartile:F3} to {result.UpperQuartile:F3}"), Text($"{result.AllocatedBytes:0.#}"),
    ];

    private static string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
}
