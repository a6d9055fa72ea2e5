using System.CommandLine;
using System.Globalization;
using System.IO.Enumeration;
using System.Text.Json;
using Spectre.Console;

namespace Functional.Optim.Benchmarks.Quick;

/// <summary>
/// NeedsStatistics the benchmarks of this program in seconds instead of minutes: each in turn with what it is compared
/// with.
/// </summary>
internal static class QuickCommand
{
    /// <summary>The word that asks for it.</summary>
    internal const string Word = "quick";

    private const int WrongUse = 2, TableWidth = 160;

    /// <summary>Runs it.</summary>
    /// <param name="arguments">What stands after the word.</param>
    /// <returns>The exit code.</returns>
    internal static int Run(IReadOnlyList<string> arguments)
    {
        Option<string[]> filter = new("--filter")
        {
            Description =
                "Only the cases whose name, such as ComposedAdamW(65,536), is like one of these: * is any text",
            DefaultValueFactory = static _ => ["*"],
            AllowMultipleArgumentsPerToken = true,
        };
        Option<int> rounds = new("--rounds")
        {
            Description = "How often each method has its turn", DefaultValueFactory = static _ => 41
        };
        rounds.Validators.Add(static given =>
        {
            if (given.GetValueOrDefault<int>() is < 1 or > 10_000)
                given.AddError($"--rounds is {given.Tokens[0].Value}; allowed is 1 to 10000");
        });
        Option<bool> json = new("--json") { Description = "A line of JSON for each method instead of a table" };
        RootCommand command =
            new("Medians of ratios, each method in turn with what it is compared with.") { filter, rounds, json };
        command.SetAction(parsed => Measure(parsed.GetValue(filter)!, parsed.GetValue(rounds), parsed.GetValue(json)));
        return command.Parse(arguments).Invoke();
    }

    private static int Measure(string[] filters, int rounds, bool json)
    {
        QuickCase[] cases = [.. QuickCase.All.Where(
            known => filters.Any(filter => FileSystemName.MatchesSimpleExpression(filter, known.Name)))];
        if (cases.Length == 0)
        {
            Console.Error.WriteLine($"no case is like {string.Join(" or ", filters)}; "
                + $"there are: {string.Join("; ", QuickCase.All.Select(known => known.Name))}");
            return WrongUse;
        }

        Table table = new Table().Border(TableBorder.Markdown)
            .AddColumns("case", "method", "ms", "ratio", "quartiles", "bytes a call");
        foreach (QuickCase one in cases)
        {
            foreach (QuickResult result in QuickResult.Measure(one, rounds))
            {
                if (json) Console.WriteLine(JsonSerializer.Serialize(result, JsonSerializerOptions.Web));
                else table.AddRow([.. Cells(result).Select(Markup.Escape)]);
            }
        }

        // Not a terminal's width, which is that of none where the output goes to a file.
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
