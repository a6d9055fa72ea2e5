using System.Collections.Immutable;

namespace Experiments;

/// <summary>A format of the output.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Before">The text before the first run.</param>
/// <param name="Between">The text between two runs.</param>
/// <param name="After">The text after the last run.</param>
/// <param name="Write">Writes a run.</param>
public sealed record ReportFormat(
    string Name, string Before, string Between, string After, Action<ExperimentRun, TextWriter> Write)
{
    /// <summary>The formats, the default first.</summary>
    public static ImmutableArray<ReportFormat> All { get; } =
    [
        new("table", "", "\n", "", ScreenText.Write),
        new("markdown", "", "\n", "", (run, output) => output.Write(MarkdownText.Of(run))),
        new("csv", "", "\n", "", (run, output) => output.Write(
            string.Join('\n', run.Report.Tables.Select(CsvText.Of)))),
        new("json", "[\n", ",\n", "\n]\n", (run, output) => output.Write(JsonText.Of(run))),
    ];
}
